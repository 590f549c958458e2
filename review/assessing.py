"""What `assess` and `evaluate` share: reading pages from files and lines, judging them, writing the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from crawlers.records import KNOWN_STATES
from crawlers.values import keepable
from detectors import strings
from detectors.masking import shown, shown_verdict
from detectors.runner import assess
from review.strings import CONTACT_TOLD, UNJUDGED
from review.telling import contact_kind, state_told

if TYPE_CHECKING:
    from detectors.base import Assessment, Contact, Verdict
    from detectors.context import Context
    from detectors.features import Page

MAX_LINE_BYTES = 16_000_000
MAX_FILE_BYTES = 64_000_000
_HTML_SUFFIXES = {".html", ".htm", ".xhtml", ".shtml", ".mhtml"}


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to judge. Exactly one of `html` and `text` is used, by `kind`."""

    id: Any
    kind: str
    content: str
    url: str = ""
    status: int = 200
    row: dict[str, Any] = field(default_factory=dict)

    def report(self, assessment: Assessment) -> dict[str, Any]:
        report: dict[str, Any] = {
            "id": self.id,
            "url": self.url,
            "state": assessment.state,
            "impersonation": shown_verdict(assessment.impersonation).as_json(),
            "selling": shown_verdict(assessment.selling).as_json(),
            "contacts": [{"kind": c.kind, "value": c.value, "quote": c.quote} for c in map(shown, assessment.contacts)],
        }
        if assessment.errors:
            report["errors"] = [
                {"detector": e.detector, "kind": e.kind, "message": e.message} for e in assessment.errors
            ]
        return report


@dataclass(frozen=True, slots=True)
class Failed:
    """A line or file that could not be read; the others go on."""

    id: Any
    error: str

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "error": self.error}


def _address(url: str) -> str:
    """People write a bare host; without a scheme it would be a path and own nothing."""
    return url if not url or "://" in url else f"https://{url.lstrip('/')}"


def documents(files: Iterable[Path], url: str, stdin: IO[bytes]) -> Iterator[Document | Failed]:
    for file in files:
        if str(file) == "-":
            yield from lines(stdin)
            continue
        try:
            yield from _file(file, url)
        except OSError as error:
            yield Failed(str(file), f"cannot read: {error.strerror or error}")


def lines(stream: IO[bytes]) -> Iterator[Document | Failed]:
    """JSON Lines to documents; a bad line gives its id, or its number when it has none."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE_BYTES)
            yield Failed(number, f"line {number} is longer than {MAX_LINE_BYTES} bytes")
        elif raw.strip():
            yield _line(raw, number)


def _line(raw: bytes, number: int) -> Document | Failed:
    try:
        row = keepable(json.loads(raw.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, too, is a ValueError
        return Failed(number, f"line {number} is not JSON in UTF-8: {error}")
    if not isinstance(row, dict):
        return Failed(number, f'line {number} must be an object {{"id", "url"?, "html" | "text"}}')
    name = row.get("id", number)
    given = [kind for kind in ("html", "text") if isinstance(row.get(kind), str)]
    if len(given) != 1:
        return Failed(name, f'line {number}: give one string, either "html" or "text"')
    url = row.get("url") or ""
    if not isinstance(url, str):
        return Failed(name, f'line {number}: "url" must be a string')
    return Document(name, given[0], row[given[0]], url, row=row)


def _file(file: Path, url: str) -> Iterator[Document | Failed]:
    if file.name.lower().endswith((".warc", ".warc.gz")):
        yield from _warc(file, url)
        return
    if file.stat().st_size > MAX_FILE_BYTES:
        yield Failed(str(file), f"{file} is larger than {MAX_FILE_BYTES} bytes")
        return
    from crawlers.decode import decode

    body = file.read_bytes()
    suffix = file.suffix.lower()
    kind = "html" if suffix in _HTML_SUFFIXES or (suffix != ".txt" and body.lstrip()[:1] == b"<") else "text"
    yield Document(str(file), kind, decode(body).text, url)


def _warc(file: Path, url: str) -> Iterator[Document | Failed]:
    """Every HTML response of a WARC file, its own URI as URL unless one is given; damaged places between them."""
    from crawlers.decode import decode_exchange
    from crawlers.foreign import Pair, pairs, to_exchange
    from crawlers.records import ArchiveError, ImportRefused
    from crawlers.salvage import Damage
    from crawlers.warcreader import read

    try:
        for item in pairs(read(file, keep_mismatched=True)):
            if isinstance(item, Damage):
                yield Failed(f"{file}@{item.offset}", f"{file} at byte {item.offset}: {item.reason}")
            if not isinstance(item, Pair):
                continue
            try:
                found = to_exchange(item).exchange
            except ArchiveError as error:
                yield Failed(f"{file}@{item.offset}", f"{file} at byte {item.offset}: {error}")
                continue
            if "html" in _media_type(found.response_headers):
                content = decode_exchange(found).text
                yield Document(f"{file}#{found.url}", "html", content, url or found.url, found.status)
    except ImportRefused as error:
        yield Failed(str(file), str(error))


def _media_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value.lower() for name, value in headers if name.lower() == "content-type"), "")


def page_of(document: Document) -> Page:
    from detectors.features import Page

    if document.kind == "text":
        return Page.from_text(document.content)
    return Page.from_html(document.content, _address(document.url), document.status)


def judge(document: Document, context: Context) -> Assessment:
    return assess(page_of(document), context)


def render(document: Document, assessment: Assessment) -> str:
    """The answer for people: both verdicts, each reason with its quote."""
    parts = [f"{document.id}  {document.url}".rstrip()]
    if assessment.state not in KNOWN_STATES:
        return "\n".join([*parts, UNJUDGED.format(state=state_told(assessment.state))])
    for verdict in (assessment.impersonation, assessment.selling):
        parts.extend(_verdict(shown_verdict(verdict)))
    parts.extend(_contact(contact) for contact in map(shown, assessment.contacts))
    return "\n".join(parts)


def _contact(contact: Contact) -> str:
    return CONTACT_TOLD.format(kind=contact_kind(contact.kind), value=contact.value, quote=contact.quote)


def _verdict(verdict: Verdict) -> Iterator[str]:
    whom = f"：{verdict.imitates}" if verdict.imitates else ""
    title = f"{strings.LEVELS[verdict.level.value]} {strings.AXES[verdict.axis.value]}"
    yield f"{title}  {verdict.cls}{whom}  {verdict.score:.2f}"
    for signal in verdict.signals[:8]:
        quote = " ".join(signal.quote.split())[:80]
        yield f"    {signal.weight:+.2f} {signal.reason}\n           “{quote}”"
