"""The time stamp over a seal: asked of the office's authorities, kept by digest so that a rebuild gives the same."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from config import Config
from crawlers.durable import write_over
from crawlers.records import CrawlError
from crawlers.stamper import Authority, Opener, StampError, answer_time, request_for, roots_in
from review.packets.hashes import sha256_hex
from review.packets.seal import SealStamper
from review.packets.verify.reasons import Finding
from review.packets.verify.token import read_token

NO_ANSWER = (OSError, http.client.HTTPException, CrawlError)

TOKENS = "packets/tokens"


@contextmanager
def office_stamper(config: Config, data: Path) -> Iterator[SealStamper]:
    """A stamper with the office's authorities behind a door of its own, which is open only as long as it is needed."""
    from crawlers.egress import Door, policy_from
    from crawlers.posting import DoorPoster

    services, settings = config.settings.services, config.settings.stamp
    roots = trusted_roots(data)
    wanted = [(name, services[name]) for name in settings.authorities if services[name].enabled]
    authorities = [Authority(name, service.url, roots, service.component) for name, service in wanted]
    with Door.spawn(policy_from(config)) as door:
        components = dict.fromkeys(authority.component for authority in authorities)
        poster = DoorPoster(door.client(*components), settings.timeout_seconds)
        yield seal_stamper(data / TOKENS, authorities, poster)


def trusted_roots(data: Path) -> tuple[Certificate, ...]:
    """The authorities' roots that this office hands out with its trust directory."""
    return roots_in(sorted((data / "trust" / "tsa").glob("*.pem")))


def seal_stamper(tokens: Path, authorities: Sequence[Authority], opener: Opener) -> SealStamper:
    """What `seal` asks for a token. `tokens` is the directory of answers already given: `<sha256 of the seal>.tsr`,
    and beside it, as they came, those that were not accepted: `<sha256>.<authority>.refused`."""

    def stamp(seal: bytes) -> bytes:
        name = sha256_hex(seal)
        path = tokens / f"{name}.tsr"
        if path.is_file():
            return path.read_bytes()
        for authority, answer, error in answers(seal, authorities, opener):
            if not error:
                write_over(path, answer)
                return answer
            write_over(tokens / f"{name}.{authority}.refused", answer)
        return b""

    return stamp


def answers(message: bytes, authorities: Sequence[Authority], opener: Opener) -> Iterator[tuple[str, bytes, str]]:
    """Authority, raw answer and what is wrong with it, of each that answers, until one grants a token."""
    for authority in authorities:
        request = request_for(message)
        try:
            answer = opener(authority.url, request.as_bytes(), authority.component)
        except NO_ANSWER:
            continue
        yield authority.name, answer, _refusal(answer, request, message, authority.roots)


def _refusal(answer: bytes, request: Any, message: bytes, roots: Sequence[Certificate]) -> str:
    """Why an answer is not accepted; empty when it is. Without roots it need only be readable and of this message."""
    try:
        answer_time(answer, request, message, roots)
    except StampError as error:
        if roots:
            return str(error)
        try:
            read_token(answer, sha256_hex(message))
        except Finding as found:
            return f"{error}; {found.code}"
    return ""
