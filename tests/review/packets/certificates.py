"""Certificates for purposes that `openssl ts` would refuse to stamp with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PURPOSES = {"time": ExtendedKeyUsageOID.TIME_STAMPING, "server": ExtendedKeyUsageOID.SERVER_AUTH}


def certificate(purposes: tuple[str, ...], critical: bool) -> x509.Certificate:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    if purposes:
        usage = x509.ExtendedKeyUsage([PURPOSES[purpose] for purpose in purposes])
        builder = builder.add_extension(usage, critical)
    return builder.sign(key, hashes.SHA256())
