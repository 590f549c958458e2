"""Time stamps (RFC 3161) for queued sets of custody lines: proof that they stood as they are at that time.

What is stamped is the SHA-256 over the raw hashes of consecutive custody lines (`custody.digest_of`). The raw answer of
the authority is kept whatever it says. Certificates inside an answer are never trusted: only configured roots are.
"""

from __future__ import annotations

import hashlib
import http.client
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.base import HashAlgorithm
from sqlalchemy import select, update

from crawlers import custody, openssl_ts
from crawlers.clock import iso, utc_now
from crawlers.records import CrawlError
from crawlers.store import Store
from crawlers.tables import custody as custody_rows
from crawlers.tables import stamps

COMPONENT = "tsa"
OPEN = ("queued", "failed")
GRANTED = (0, 1)
"""PKIStatus `granted` and `grantedWithMods` (RFC 3161, 2.4.2)."""


class StampError(CrawlError):
    """An authority cannot be reached or its answer is no valid stamp of what was sent."""


class Opener(Protocol):
    """Posts a request through the door as a component and returns the body of a 200 answer.

    Raises OSError, `http.client.HTTPException` or CrawlError when there is none.
    """

    def __call__(self, url: str, data: bytes, component: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamp authority and, when configured, the root certificates its stamps must lead to."""

    name: str
    url: str
    roots: tuple[Certificate, ...] = ()
    component: str = COMPONENT


@dataclass(frozen=True, slots=True)
class StampReport:
    """How many stamps were granted, still wait for an authority that answers, or were answered with something bad."""

    stamped: int = 0
    waiting: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    authority: str
    token: bytes
    gen_time: str
    error: str


class Stamper:
    """Asks the authorities in order, one after the other, until one grants the stamp."""

    def __init__(self, store: Store, authorities: Sequence[Authority], opener: Opener) -> None:
        self._store = store
        self._authorities = tuple(authorities)
        self._opener = opener

    def drain(self) -> int:
        """Ask for every queued stamp; how many were granted."""
        return self.run().stamped

    def run(self) -> StampReport:
        """Ask for every stamp not yet granted: queued ones, and those that were answered badly before.

        When no authority answers, the rest stays as it is without being asked.
        """
        stamped = failed = 0
        problems: list[str] = []
        with self._store.read() as connection:
            queued = connection.execute(select(stamps).where(stamps.c.state.in_(OPEN)).order_by(stamps.c.id)).all()
        for number, row in enumerate(queued):
            answer = self._ask(row, problems)
            if answer is None:
                return StampReport(stamped, len(queued) - number, failed, tuple(problems))
            self._note(row.id, answer)
            stamped += not answer.error
            failed += bool(answer.error)
        return StampReport(stamped, 0, failed, tuple(problems))

    def _ask(self, row: Any, problems: list[str]) -> _Answer | None:
        """The first good answer, else the last bad one; None when nobody answered."""
        try:
            data = self._data(row)
        except StampError as error:
            problems.append(str(error))
            return _Answer("", b"", "", str(error))
        bad = None
        for authority in self._authorities:
            request = request_for(data)
            try:
                token = self._opener(authority.url, request.as_bytes(), authority.component)
            except (OSError, http.client.HTTPException, CrawlError) as error:
                problems.append(f"stamp {row.id}: {authority.name} ({authority.url}) did not answer: {error}")
                continue
            try:
                return _Answer(authority.name, token, answer_time(token, request, data, authority.roots), "")
            except StampError as error:
                problems.append(f"stamp {row.id}: {authority.name}: {error}")
                bad = _Answer(authority.name, token, "", str(error))
        return bad

    def _data(self, row: Any) -> bytes:
        """What the stamp covers; StampError when the chain no longer has the digest that was queued."""
        lines = select(custody_rows.c.hash).where(custody_rows.c.seq.between(row.from_seq, row.to_seq))
        with self._store.read() as connection:
            data = custody.joined(connection.scalars(lines.order_by(custody_rows.c.seq)))
        if hashlib.sha256(data).hexdigest() != row.digest:
            raise StampError(f"stamp {row.id}: custody lines {row.from_seq}-{row.to_seq} are not what was queued")
        return data

    def _note(self, stamp_id: int, answer: _Answer) -> None:
        now = utc_now()
        state = {"state": "failed", "error": answer.error} if answer.error else {"state": "stamped", "stamped_at": now}
        told = {"authority": answer.authority, "token": answer.token, "gen_time": answer.gen_time, "requested_at": now}
        with self._store.write() as connection:
            connection.execute(update(stamps).where(stamps.c.id == stamp_id).values(**state, **told))


def roots_in(places: Iterable[Path]) -> tuple[Certificate, ...]:
    """The certificates of some PEM files. StampError names the file that holds none."""
    found: list[Certificate] = []
    for place in places:
        try:
            found += load_pem_x509_certificates(place.read_bytes())
        except (OSError, ValueError) as error:
            remedy = "put the authority's root there again, or take the file away"
            raise StampError(f"{place} is no certificate in PEM ({error}); {remedy}") from error
    return tuple(found)


def request_for(data: bytes) -> Any:
    """A request for a stamp over SHA-256 of `data`, with a nonce and for the certificate."""
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build()


def answer_time(token: bytes, request: Any, data: bytes, roots: Sequence[Certificate]) -> str:
    """The time in a granted stamp over `data`, by the strict parser or else by openssl; StampError when it is not one.

    Without roots only the strict parser judges, and not who stamped it.
    """
    try:
        response = decode_timestamp_response(token)
    except ValueError as error:
        return _by_openssl(token, request, roots, error)
    if response.status not in GRANTED:
        raise StampError(f"the stamp was not granted (status {response.status}): {response.status_string}")
    info = response.tst_info
    if info.message_imprint.message != hashlib.sha256(data).digest() or info.nonce != request.nonce:
        raise StampError("the stamp is over something else than what was sent")
    if roots:
        _verify(response, request, data, roots)
    return iso(info.gen_time)


def _by_openssl(token: bytes, request: Any, roots: Sequence[Certificate], why: ValueError) -> str:
    """A second opinion on what the strict parser does not take."""
    try:
        return openssl_ts.gen_time(token, request.as_bytes(), roots)
    except (ValueError, OSError, subprocess.SubprocessError) as error:
        raise StampError(f"the answer cannot be read (parser-incompatible: {why}); {error}") from error


def _verify(response: TimeStampResponse, request: Any, data: bytes, roots: Sequence[Certificate]) -> None:
    builder = VerifierBuilder(roots=list(roots), nonce=request.nonce)
    try:
        builder.build().verify_message(response, data)
    except VerificationError as error:
        raise StampError(f"the stamp does not lead to a trusted root: {error}") from error
