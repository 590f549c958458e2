"""The time stamp over a seal: asked of the office's authorities, kept by digest so that a rebuild gives the same."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rfc3161_client import TimestampRequestBuilder
from rfc3161_client.base import HashAlgorithm

from config import Config
from crawlers.records import CrawlError
from crawlers.stamper import Authority, Opener
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
    wanted = [(name, services[name]) for name in settings.authorities if services[name].enabled]
    authorities = [Authority(name, service.url, component=service.component) for name, service in wanted]
    with Door.spawn(policy_from(config)) as door:
        components = dict.fromkeys(authority.component for authority in authorities)
        poster = DoorPoster(door.client(*components), settings.timeout_seconds)
        yield seal_stamper(data / TOKENS, authorities, poster)


def seal_stamper(tokens: Path, authorities: Sequence[Authority], opener: Opener) -> SealStamper:
    """What `build` asks for a token. `tokens` is the directory of tokens already given, `<sha256 of the seal>.tsr`."""

    def stamp(seal: bytes) -> bytes:
        path = tokens / f"{sha256_hex(seal)}.tsr"
        if path.is_file():
            return path.read_bytes()
        token = ask(seal, authorities, opener)
        if token:
            tokens.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(token)
        return token

    return stamp


def ask(message: bytes, authorities: Sequence[Authority], opener: Opener) -> bytes:
    """The raw answer of the first authority that grants a token over this message; empty when none does."""
    for authority in authorities:
        builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        try:
            answer = opener(authority.url, request.as_bytes(), authority.component)
            read_token(answer, sha256_hex(message))
        except (*NO_ANSWER, Finding):
            continue
        return answer
    return b""
