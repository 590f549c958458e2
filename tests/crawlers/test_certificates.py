"""What is said of a site's certificate."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from crawlers.certificates import certificate_flags

KEY = ec.generate_private_key(ec.SECP256R1())
DAY = "2026-06-15"


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str = "a.test",
    issuer: str = "某机构",
    names: tuple[str, ...] | None = ("a.test", "*.b.test"),
    year: int = 2026,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(year, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year, 12, 31, tzinfo=UTC))
    )
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("host", ["a.test", "A.test.", "x.b.test"])
def test_a_good_certificate_has_no_flags(host: str) -> None:
    assert certificate_flags(certificate(), host, DAY) == ()


@pytest.mark.parametrize(
    ("der", "host", "flag"),
    [
        (certificate(issuer="a.test"), "a.test", "tls_self_signed"),
        (certificate(year=2020), "a.test", "tls_expired"),
        (certificate(year=2030), "a.test", "tls_not_yet_valid"),
        (certificate(), "b.test", "tls_wrong_host"),
        (certificate(), "x.y.b.test", "tls_wrong_host"),
        (certificate(), "127.0.0.1", "tls_wrong_host"),
        (b"not a certificate", "a.test", "tls_unreadable"),
    ],
)
def test_each_fault_has_its_name(der: bytes, host: str, flag: str) -> None:
    assert certificate_flags(der, host, DAY) == (flag,)


def test_an_old_certificate_is_read_by_its_common_name() -> None:
    assert certificate_flags(certificate(names=None), "a.test", DAY) == ()


def test_plain_http_has_nothing_to_say() -> None:
    assert certificate_flags(b"", "a.test", DAY) == ()
