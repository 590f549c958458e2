"""The time-stamp authority of a practice web: RFC 3161 requests in, signed tokens (CMS, RFC 5652) out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ObjectIdentifier as Oid
from cryptography.x509.oid import ExtendedKeyUsageOID

from crawlers.practice.authority import Authority

POLICY = Oid("1.3.6.1.4.1.32473.3161")
"""Under the enterprise number reserved for examples (RFC 5612)."""
SHA256 = Oid("2.16.840.1.101.3.4.2.1")
DIGEST_BYTES = {SHA256: 32, Oid("2.16.840.1.101.3.4.2.2"): 48, Oid("2.16.840.1.101.3.4.2.3"): 64}
ECDSA_SHA256 = Oid("1.2.840.10045.4.3.2")
TST_INFO = Oid("1.2.840.113549.1.9.16.1.4")
SIGNED_DATA = Oid("1.2.840.113549.1.7.2")
CONTENT_TYPE = Oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = Oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = Oid("1.2.840.113549.1.9.16.2.47")
GRANTED, REJECTED = 0, 2


@asn1.sequence
class Algorithm:
    algorithm: Oid
    parameters: asn1.Null | None


@asn1.sequence
class Imprint:
    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class Request:
    """RFC 3161, 2.4.1; extensions are not taken."""

    version: int
    imprint: Imprint
    policy: Oid | None
    nonce: int | None
    wants_certificate: Annotated[bool, asn1.Default(value=False)]


@asn1.sequence
class Accuracy:
    seconds: int


@asn1.sequence
class Info:
    """TSTInfo, RFC 3161, 2.4.2."""

    version: int
    policy: Oid
    imprint: Imprint
    serial: int
    time: asn1.GeneralizedTime
    accuracy: Accuracy
    nonce: int | None


@asn1.sequence
class Attribute:
    type: Oid
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class CertificateId:
    """ESSCertIDv2 with its default hash, SHA-256 (RFC 5035)."""

    digest: bytes


@asn1.sequence
class SigningCertificate:
    certificates: list[CertificateId]


@asn1.sequence
class IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class Signer:
    version: int
    who: IssuerAndSerial
    digest: Algorithm
    attributes: Annotated[asn1.SetOf[Attribute], asn1.Implicit(0)]
    signature_algorithm: Algorithm
    signature: bytes


@asn1.sequence
class Content:
    type: Oid
    data: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    version: int
    digests: asn1.SetOf[Algorithm]
    content: Content
    certificates: Annotated[asn1.SetOf[x509.Certificate] | None, asn1.Implicit(0)]
    signers: asn1.SetOf[Signer]


@asn1.sequence
class Token:
    type: Oid
    data: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class Status:
    status: int
    text: list[str] | None


@asn1.sequence
class Response:
    status: Status
    token: Token | None


class TimeStamps:
    """Stamps what it is asked to; its root is `root_pem`."""

    def __init__(self, directory: Path) -> None:
        authority = Authority(directory, "tsa")
        self.root_pem = authority.root_pem
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        chain, key_file = authority.issue("stamps", (usage, True), (_SIGNS_ONLY, True))
        self._certificate = x509.load_pem_x509_certificate(chain.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key

    def answer(self, request: bytes) -> bytes:
        """A DER `TimeStampResp` for a DER `TimeStampReq`; one it cannot grant says why."""
        try:
            asked = asn1.decode_der(Request, request)
        except ValueError as error:
            return _refusal(f"not a time-stamp request: {error}")
        if DIGEST_BYTES.get(asked.imprint.algorithm.algorithm) != len(asked.imprint.digest):
            return _refusal("only SHA-256, SHA-384 and SHA-512 digests are stamped")
        return asn1.encode_der(Response(status=Status(status=GRANTED, text=None), token=self._token(asked)))

    def _token(self, asked: Request) -> Token:
        info = Info(
            version=1,
            policy=asked.policy or POLICY,
            imprint=asked.imprint,
            serial=secrets.randbits(63),
            time=asn1.GeneralizedTime(datetime.now(UTC).replace(microsecond=0)),
            accuracy=Accuracy(seconds=1),
            nonce=asked.nonce,
        )
        content = asn1.encode_der(info)
        signed = SignedData(
            version=3,
            digests=asn1.SetOf([_digest()]),
            content=Content(type=TST_INFO, data=content),
            certificates=asn1.SetOf([self._certificate]) if asked.wants_certificate else None,
            signers=asn1.SetOf([self._signer(content)]),
        )
        return Token(type=SIGNED_DATA, data=signed)

    def _signer(self, content: bytes) -> Signer:
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        own = SigningCertificate(certificates=[CertificateId(digest=hashlib.sha256(der).digest())])
        attributes = asn1.SetOf(
            [
                _attribute(CONTENT_TYPE, asn1.encode_der(TST_INFO)),
                _attribute(MESSAGE_DIGEST, asn1.encode_der(hashlib.sha256(content).digest())),
                _attribute(SIGNING_CERTIFICATE_V2, asn1.encode_der(own)),
            ]
        )
        issuer = asn1.decode_der(asn1.TLV, self._certificate.issuer.public_bytes())
        return Signer(
            version=1,
            who=IssuerAndSerial(issuer=issuer, serial=self._certificate.serial_number),
            digest=_digest(),
            attributes=attributes,
            signature_algorithm=Algorithm(algorithm=ECDSA_SHA256, parameters=None),
            signature=self._key.sign(asn1.encode_der(attributes), ec.ECDSA(hashes.SHA256())),
        )


_SIGNS_ONLY = x509.KeyUsage(
    digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


def _digest() -> Algorithm:
    return Algorithm(algorithm=SHA256, parameters=None)


def _attribute(kind: Oid, der: bytes) -> Attribute:
    return Attribute(type=kind, values=asn1.SetOf([asn1.decode_der(asn1.TLV, der)]))


def _refusal(why: str) -> bytes:
    return asn1.encode_der(Response(status=Status(status=REJECTED, text=[why]), token=None))
