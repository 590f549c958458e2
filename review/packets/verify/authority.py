"""Whether a token was signed by a time-stamp authority whose root the recipient trusts."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import datetime, timedelta, timezone
from typing import Any, List, Set, Tuple

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding, Unknown
from review.packets.verify.token import CONTENT_TYPE, MESSAGE_DIGEST, PSS, TST_INFO, Token, read_token
from review.packets.verify.trust import openssl, policy
from review.packets.verify.values import SKEW, moment

TOKEN_MAX_BYTES = 1 << 20
ACCURACY_MAX_SECONDS, SEAL_DELAY_SECONDS, CHAIN_MAX = 60, 7 * 86400, 6
STAMP_DELAY_SECONDS = 7 * 86400
"""How much later than a capture its token may be, where the recipient's policy does not say."""
STAMPS_PER_LINE_MAX, IMPORTED = 8, "import"
PRINTED_TIME = re.compile(r"^Time stamp: (\w{3} +\d+ [\d:]{8})(?:\.\d+)? (\d{4}) GMT", re.MULTILINE)
PRINTED_ACCURACY = re.compile(r"^Accuracy: 0x([0-9A-Fa-f]+) seconds", re.MULTILINE)


def trusted_roots(packet: Packet) -> List[bytes]:
    """PEM texts from `tsa/` of the trust directory."""
    if packet.trust is None:
        raise Unknown("TRUST_MISSING")
    folder = os.path.join(packet.trust, "tsa")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    roots = []
    try:
        for name in names:
            if name.endswith(".pem"):
                with open(os.path.join(folder, name), "rb") as file:
                    roots.append(file.read())
    except OSError as error:
        raise Unknown("TRUST_INVALID", f"tsa/{name}") from error
    if not roots:
        raise Unknown("TSA_NO_ROOTS")
    return roots


def check_token(packet: Packet, raw: bytes, digest: str) -> datetime:
    """When the token was given, once everything about it holds."""
    if len(raw) > TOKEN_MAX_BYTES:
        raise Finding("TOKEN_INVALID", f"{len(raw)} > {TOKEN_MAX_BYTES}")
    try:
        token = read_token(raw, digest)
    except Finding as refused:
        return judge_unread(packet, raw, digest, refused)
    if token.accuracy > timedelta(seconds=ACCURACY_MAX_SECONDS):
        raise Finding("TOKEN_ACCURACY", str(token.accuracy))
    check_attributes(token)
    roots = trusted_roots(packet)
    try:
        from cryptography import x509

        usable = hasattr(x509.Certificate, "not_valid_before_utc")
    except ImportError:
        usable = False
    if usable:
        judge_with_library(token, roots)
    else:
        judge_with_program(token, raw, digest, roots)
    if token.oddities:
        packet.notes.append(("TOKEN_UNSIGNED_BYTES", ", ".join(token.oddities)))
    return not_ahead(token.time)


def not_ahead(time: datetime) -> datetime:
    if time > datetime.now(timezone.utc) + SKEW:
        raise Unknown("TOKEN_FUTURE", time.isoformat())
    return time


def judge_unread(packet: Packet, raw: bytes, digest: str, refused: Finding) -> datetime:
    """A second opinion, by the openssl program, on what the strict parser does not take. Without one it is refused.

    The time is read from the token taken out of its answer: the answer's own words are signed by nobody, and could
    print as another time.
    """
    if refused.code != "TOKEN_INVALID":
        raise refused
    try:
        roots = b"\n".join(trusted_roots(packet))
        bare = openssl("ts", "-reply", "-in", "{token}", "-token_out", token=raw, errors=False).stdout
        shown = openssl("ts", "-reply", "-token_in", "-in", "{token}", "-token_out", "-text", token=bare)
        told = shown.stdout.decode("utf-8", "replace")
        found, accurate = PRINTED_TIME.search(told), PRINTED_ACCURACY.search(told)
        if found is None or (accurate and int(accurate[1], 16) > ACCURACY_MAX_SECONDS):
            raise refused
        time = datetime.strptime(f"{found[1]} {found[2]} +0000", "%b %d %H:%M:%S %Y %z")
        verified = openssl(
            *"ts -verify -digest".split(), digest, *"-in {token} -CAfile {roots} -attime".split(),
            str(int(time.timestamp())), token=raw, roots=roots,
        )  # fmt: skip
    except Unknown:
        raise refused from None
    if verified.returncode:
        raise refused
    packet.notes.append(("TOKEN_PARSER", refused.detail))
    return not_ahead(time)


def check_attributes(token: Token) -> None:
    """The signed attributes tie the signature to this content."""
    content = hashlib.new(token.digest, token.content).digest()
    said, kind = token.attributes.get(MESSAGE_DIGEST), token.attributes.get(CONTENT_TYPE)
    if said is None or kind is None or said.body != content or kind.body.hex() != TST_INFO:
        raise Finding("TOKEN_SIGNATURE", "attributes")


def judge_with_library(token: Token, pems: List[bytes]) -> None:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        roots = [root for pem in pems for root in x509.load_pem_x509_certificates(pem)]
    except ValueError as error:
        raise Unknown("TRUST_INVALID", "tsa") from error
    try:
        known = [x509.load_der_x509_certificate(raw) for raw in token.certificates]
        signer = next((c for c in known + roots if is_signer(token, c)), None)
        if signer is None:
            raise Finding("TOKEN_CERTIFICATE", "signer")
        check_signer(token, signer)
        check_usage(signer)
        check_chain(signer, known, roots, token.time)
    except UnsupportedAlgorithm as error:
        raise Unknown("TOKEN_UNSUPPORTED", str(error)) from error
    except (ValueError, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise Finding("TOKEN_CERTIFICATE", str(error)) from error


def is_signer(token: Token, certificate: Any) -> bool:
    """By the hash in the signed attributes, and by issuer and number (or key id) in the signer's entry."""
    from cryptography.hazmat.primitives.serialization import Encoding

    pinned = token.certificate_hash()
    raw = certificate.public_bytes(Encoding.DER)
    if pinned is None or hashlib.new(pinned[0], raw).digest() != pinned[1]:
        return False
    if token.signer_id.tag != 0x30:
        return True
    issuer, serial = token.signer_id.parts
    number = int.from_bytes(serial.body, "big", signed=True)
    return bool(issuer.raw == certificate.issuer.public_bytes() and number == certificate.serial_number)


def check_signer(token: Token, certificate: Any) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    key, algorithm = certificate.public_key(), getattr(hashes, token.digest.upper())()
    if token.signature_algorithm == PSS:
        raise Unknown("TOKEN_UNSUPPORTED", "RSASSA-PSS")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, token.signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, token.signed, ec.ECDSA(algorithm))
        else:
            raise Unknown("TOKEN_UNSUPPORTED", type(key).__name__)
    except InvalidSignature as error:
        raise Finding("TOKEN_SIGNATURE") from error


def check_usage(certificate: Any) -> None:
    """RFC 3161, 2.3: extended key usage critical and time stamping alone."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise Finding("TOKEN_CERTIFICATE", "extendedKeyUsage") from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Finding("TOKEN_CERTIFICATE", "extendedKeyUsage")


def check_chain(certificate: Any, known: List[Any], roots: List[Any], at: datetime) -> None:
    """From the signer by certificates in the token to a root that came from outside."""
    for _ in range(CHAIN_MAX):
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise Finding("TOKEN_CERTIFICATE", certificate.subject.rfc4514_string())
        if certificate in roots:
            return
        issuer = next((c for c in roots + known if c != certificate and issued(certificate, c)), None)
        if issuer is None:
            break
        certificate = issuer
    raise Unknown("TSA_UNTRUSTED", certificate.issuer.rfc4514_string())


def issued(certificate: Any, issuer: Any) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(issuer)
        return bool(issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False


def judge_with_program(token: Token, raw: bytes, digest: str, pems: List[bytes]) -> None:
    command = "ts -verify -digest {digest} -in {token} -CAfile {roots} -attime {at}".replace("{digest}", digest)
    command = command.replace("{at}", str(int(token.time.timestamp())))
    arguments = command.split() + (["-token_in"] if token.bare else [])
    result = openssl(*arguments, token=raw, roots=b"\n".join(pems))
    if result.returncode == 0:
        return
    said = result.stdout.decode("utf-8", "replace")
    if token.oddities:
        raise Unknown("TOKEN_UNSUPPORTED", ", ".join(token.oddities))
    if "certificate verify error" in said and "purpose" not in said:
        raise Unknown("TSA_UNTRUSTED", said.strip().splitlines()[-1][:200])
    raise Finding("TOKEN_CERTIFICATE" if "purpose" in said else "TOKEN_SIGNATURE", said.strip()[-200:])


def check_timestamp(packet: Packet) -> str:
    """The token over `seal.json`."""
    if "seal.tsr" not in packet.entries:
        if packet.manifest["timestamp"] == "required":
            raise Finding("TIMESTAMP_MISSING")
        raise Unknown("TIMESTAMP_QUEUED")
    digest = hashlib.sha256(packet.read("seal.json")).hexdigest()
    at = check_token(packet, packet.read("seal.tsr"), digest)
    early = moment(packet.manifest["built_at"]) - SKEW
    late = moment(packet.manifest["built_at"]) + timedelta(seconds=SEAL_DELAY_SECONDS)
    if at < early or (packet.manifest["timestamp"] == "required" and at > late):
        raise Finding("TOKEN_TIME", at.isoformat())
    packet.token_time = at
    return at.isoformat()


def check_stamps(packet: Packet) -> str:
    """Tokens given when the captures were taken, each over a run of lines of the chain.

    How much later than a capture its first token came is told; too late for the recipient, it cannot be judged.
    """
    stamps = packet.json("stamps.json")["stamps"]
    captures = packet.json("capture.json")["captures"]
    if sum(stamp["to_seq"] - stamp["from_seq"] + 1 for stamp in stamps) > STAMPS_PER_LINE_MAX * len(packet.lines):
        raise Finding("MALFORMED", "stamps.json")
    covered: Set[int] = set()
    for stamp in stamps:
        check_stamp_digest(packet, stamp)
        covered.update(range(stamp["from_seq"], stamp["to_seq"] + 1))
    for capture in captures:
        if capture["custody_seq"] not in covered:
            raise Finding("STAMP_MISSING", capture["label"])
    given = [(stamp, check_stamp_token(packet, stamp)) for stamp in stamps if stamp["state"] == "stamped"]
    queued = [str(stamp["id"]) for stamp in stamps if stamp["state"] != "stamped"]
    if queued:
        raise Unknown("STAMP_QUEUED", ", ".join(queued))
    delays = [first_stamped(capture, given) - taken_at(packet, capture) for capture in captures]
    latest = int(max(delays).total_seconds())
    if latest > policy(packet, "stamp_delay_max_seconds", STAMP_DELAY_SECONDS):
        raise Unknown("STAMP_LATE", f"+{latest} s")
    return f"{len(stamps)}, +{latest} s"


def first_stamped(capture: Any, given: List[Tuple[Any, datetime]]) -> datetime:
    """The earliest token over the line of this capture: before that, only the chain says when it was taken."""
    return min(at for stamp, at in given if stamp["from_seq"] <= capture["custody_seq"] <= stamp["to_seq"])


def taken_at(packet: Packet, capture: Any) -> datetime:
    """When the office says it had the page: fetched it, or, where somebody handed it in, noted it in the chain."""
    handed_in = capture["origin"] == IMPORTED
    return moment(packet.lines[capture["custody_seq"]]["at"] if handed_in else capture["fetched_at"])


def check_stamp_digest(packet: Packet, stamp: Any) -> None:
    numbers = range(stamp["from_seq"], stamp["to_seq"] + 1)
    if not numbers or any(number not in packet.lines for number in numbers):
        raise Finding("STAMP_DIGEST", str(stamp["id"]))
    joined = b"".join(bytes.fromhex(packet.lines[number]["hash"]) for number in numbers)
    if hashlib.sha256(joined).hexdigest() != stamp["digest"]:
        raise Finding("STAMP_DIGEST", str(stamp["id"]))


def check_stamp_token(packet: Packet, stamp: Any) -> datetime:
    """When the token was given, which cannot be before the last line it covers."""
    if stamp["path"] not in packet.entries:
        raise Finding("STAMP_MISSING", stamp["path"])
    at = check_token(packet, packet.read(stamp["path"]), stamp["digest"])
    if at < moment(packet.lines[stamp["to_seq"]]["at"]) - SKEW:
        raise Finding("TOKEN_TIME", f"{stamp['id']} {at.isoformat()}")
    return at
