"""What is wrong with a site's certificate, by name. It is evidence, never a reason not to look."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.x509.oid import NameOID

_WEAK = ("md5", "sha1")


@lru_cache(maxsize=1024)
def certificate_flags(der: bytes, host: str, day: str) -> tuple[str, ...]:
    """Flags `tls_self_signed`, `tls_expired`, `tls_not_yet_valid`, `tls_wrong_host`, `tls_weak_signature`,
    `tls_unreadable`; `day` (ISO date, UTC) is the day of the visit."""
    if not der:
        return ()
    try:
        return tuple(_flags(x509.load_der_x509_certificate(der), host, datetime.fromisoformat(day).replace(tzinfo=UTC)))
    except ValueError:
        return ("tls_unreadable",)


def _flags(certificate: x509.Certificate, host: str, moment: datetime) -> list[str]:
    algorithm = certificate.signature_hash_algorithm
    wrong = {
        "tls_self_signed": certificate.issuer == certificate.subject,
        "tls_expired": certificate.not_valid_after_utc < moment,
        "tls_not_yet_valid": certificate.not_valid_before_utc.date() > moment.date(),
        "tls_wrong_host": not _covers(certificate, host),
        "tls_weak_signature": algorithm is not None and algorithm.name in _WEAK,
    }
    return [name for name, holds in wrong.items() if holds]


def _covers(certificate: x509.Certificate, host: str) -> bool:
    """RFC 6125 as browsers apply it; certificates without alternative names are read by their common name."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return any(_matches(str(name.value), host) for name in common)
    try:
        return ip_address(host) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        return any(_matches(name, host) for name in names.get_values_for_type(x509.DNSName))


def _matches(pattern: str, host: str) -> bool:
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return pattern == host
