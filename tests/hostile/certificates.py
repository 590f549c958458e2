"""Bad certificates, and a server that speaks only TLS 1.0 (case N10)."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID

_SHA256, _SHA1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
"""Object identifiers of RSA signatures: nobody makes one with SHA-1 any more, so a certificate is relabelled."""
_KEY = rsa.generate_private_key(65537, 2048)
_ISSUER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zhengshao hostile test CA")])


def _certificate(host: str, *, expired: bool = False, issuer: x509.Name | None = _ISSUER) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    end = datetime(2021 if expired else 2049, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(issuer or subject, subject, _KEY.public_key(), 1, datetime(2020, 1, 1), end)
    return made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False).sign(_KEY, SHA256())


def _context(folder: Path, name: str, *certificates: x509.Certificate) -> ssl.SSLContext:
    file = folder / f"{name}.pem"
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
    file.write_bytes(_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(file)
    return context


def by_name(folder: Path) -> ssl.SSLContext:
    """The certificate goes by the first label of the name asked for: expired…, self…, wrong…, any other is fine."""
    root = _certificate("zhengshao hostile test CA")
    made: dict[str, ssl.SSLContext] = {}

    def choose(connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        name = (host or "none").rstrip(".")
        if name not in made:
            kind = name.partition(".")[0].rstrip("0123456789")
            issued = _certificate(
                "elsewhere.test" if kind == "wrong" else name,
                expired=kind == "expired",
                issuer=None if kind == "self" else _ISSUER,
            )
            if kind == "weak":
                issued = load_der_x509_certificate(issued.public_bytes(Encoding.DER).replace(_SHA256, _SHA1))
            made[name] = _context(folder, name, issued, *([] if kind == "self" else [root]))
        connection.context = made[name]

    context = _context(folder, "first", root)
    context.sni_callback = choose  # type: ignore[assignment]
    return context


def old_tls(folder: Path) -> ssl.SSLContext:
    """TLS 1.0 and nothing newer, as servers of long ago."""
    context = _context(folder, "old", _certificate("old.test"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context
