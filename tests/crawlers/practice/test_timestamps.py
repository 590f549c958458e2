"""Tokens of the practice authority hold before the two verifiers an officer or a court may use."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from crawlers.practice.timestamps import POLICY, Algorithm, Imprint, Request, TimeStamps

MESSAGE = "固定证据".encode()


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimeStamps:
    return TimeStamps(tmp_path_factory.mktemp("keys"))


def root_of(stamps: TimeStamps) -> x509.Certificate:
    return x509.load_pem_x509_certificate(stamps.root_pem.read_bytes())


@pytest.mark.parametrize("algorithm", [HashAlgorithm.SHA256, HashAlgorithm.SHA512])
def test_a_token_verifies(stamps: TimeStamps, algorithm: HashAlgorithm) -> None:
    request = TimestampRequestBuilder().data(MESSAGE).hash_algorithm(algorithm).build()
    response = decode_timestamp_response(stamps.answer(request.as_bytes()))
    verifier = VerifierBuilder.from_request(request).add_root_certificate(root_of(stamps)).build()
    assert verifier.verify_message(response, MESSAGE)
    assert (response.tst_info.nonce, response.tst_info.policy) == (request.nonce, POLICY)


def test_a_token_does_not_hold_for_another_message_or_root(stamps: TimeStamps, tmp_path: Path) -> None:
    request = TimestampRequestBuilder().data(MESSAGE).build()
    response = decode_timestamp_response(stamps.answer(request.as_bytes()))
    with pytest.raises(VerificationError):
        VerifierBuilder().add_root_certificate(root_of(stamps)).build().verify_message(response, b"other")
    with pytest.raises(VerificationError):
        stranger = root_of(TimeStamps(tmp_path))
        VerifierBuilder().add_root_certificate(stranger).build().verify_message(response, MESSAGE)


def test_every_token_has_a_serial_of_its_own(stamps: TimeStamps) -> None:
    request = TimestampRequestBuilder().data(MESSAGE).build().as_bytes()
    serials = {decode_timestamp_response(stamps.answer(request)).tst_info.serial_number for _ in range(5)}
    assert len(serials) == 5


@pytest.mark.parametrize("request_der", [b"", b"junk", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_request_is_refused_in_form(stamps: TimeStamps, request_der: bytes) -> None:
    assert decode_timestamp_response(stamps.answer(request_der)).status == 2


def test_a_weak_digest_is_refused(stamps: TimeStamps) -> None:
    sha1 = Algorithm(algorithm=ObjectIdentifier("1.3.14.3.2.26"), parameters=None)
    imprint = Imprint(algorithm=sha1, digest=hashlib.sha1(MESSAGE).digest())
    request = Request(version=1, imprint=imprint, policy=None, nonce=None, wants_certificate=True)
    answer = stamps.answer(asn1.encode_der(request))
    assert decode_timestamp_response(answer).status == 2
    assert b"only SHA-256" in answer


def test_the_authority_is_found_again(tmp_path: Path) -> None:
    first, second = TimeStamps(tmp_path), TimeStamps(tmp_path)
    request = TimestampRequestBuilder().data(MESSAGE).build()
    response = decode_timestamp_response(second.answer(request.as_bytes()))
    assert VerifierBuilder().add_root_certificate(root_of(first)).build().verify_message(response, MESSAGE)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program")
@pytest.mark.parametrize("option", ["-sha256", "-sha384", "-sha512"])
def test_openssl_agrees(stamps: TimeStamps, tmp_path: Path, option: str) -> None:
    data, query, reply = (tmp_path / name for name in ("data", "query.tsq", "reply.tsr"))
    data.write_bytes(MESSAGE)
    run("ts", "-query", "-data", str(data), option, "-cert", "-out", str(query))
    reply.write_bytes(stamps.answer(query.read_bytes()))
    said = run("ts", "-verify", "-queryfile", str(query), "-in", str(reply), "-CAfile", str(stamps.root_pem))
    assert "Verification: OK" in said
    run("ts", "-verify", "-data", str(data), "-in", str(reply), "-CAfile", str(stamps.root_pem))


def run(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout
