"""The certificate authority of a practice web: a root, a certificate for any host asked for, and one for time stamps.

Everything is kept in one directory and used again, so that a run that goes on after a crash trusts what it trusted.
"""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_VALID_DAYS = 3650
LEAF_VALID_DAYS = 800
"""macOS refuses server certificates for more than 825 days."""
MAX_COMMON_NAME_CHARS = 64


class Authority:
    """A root certificate with its key, and what it signed, as PEM files in `directory` (mode 0700)."""

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._name = name
        self.root_pem = directory / f"{name}-root.pem"
        key_file = directory / f"{name}-root.key"
        if not (self.root_pem.exists() and key_file.exists()):
            self._make_root(key_file)
        self._key = _load_key(key_file)
        self.root = x509.load_pem_x509_certificate(self.root_pem.read_bytes())

    def issue(self, common_name: str, *extensions: tuple[x509.ExtensionType, bool]) -> tuple[Path, Path]:
        """(chain, key) files of a leaf: the chain has the leaf first, then the root."""
        chain = self._directory / f"{self._name}-{common_name}.pem"
        key_file = self._directory / f"{self._name}-leaf.key"
        key = _load_key(key_file) if key_file.exists() else _new_key(key_file)
        if not chain.exists():
            builder = _builder(common_name, self.root.subject, key.public_key())
            builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            for extension, critical in (*extensions, (_issuer_key(self._key), False)):
                builder = builder.add_extension(extension, critical)
            leaf = builder.sign(self._key, hashes.SHA256())
            _write(chain, leaf.public_bytes(serialization.Encoding.PEM) + self.root_pem.read_bytes())
        return chain, key_file

    def _make_root(self, key_file: Path) -> None:
        key = _new_key(key_file)
        name = _name(f"Practice web {self._name} root")
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        root = (
            _builder(None, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write(self.root_pem, root.public_bytes(serialization.Encoding.PEM))


class HostCertificates:
    """TLS contexts by server name, made when a visitor first asks for the name."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.context = self.for_host("localhost")
        self.context.sni_callback = self._choose

    def for_host(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            chain, key = self._authority.issue(host, (names, False), (usage, False))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain, key)
            self._contexts[host] = context
        return self._contexts[host]

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if name and name.isascii() and "/" not in name:
            connection.context = self.for_host(name.lower())


def _builder(common_name: str | None, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """A certificate to be signed; without a common name it is the issuer's own."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common_name) if common_name else issuer)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=LEAF_VALID_DAYS if common_name else ROOT_VALID_DAYS))
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:MAX_COMMON_NAME_CHARS])])


def _issuer_key(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    pkcs8, clear = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(path, key.private_bytes(serialization.Encoding.PEM, pkcs8, clear))
    return key


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path}: not an EC key; delete the directory to make it anew")
    return key


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, readable by the owner alone."""
    draft = path.with_suffix(path.suffix + ".part")
    draft.touch(mode=0o600)
    draft.write_bytes(data)
    os.replace(draft, path)  # noqa: PTH105
