"""What a new term, or a new rule, would have hit among pages and offers, and which verdicts it would change.

Nothing is saved and nothing is fetched. Pages go by one after the other; only counts and the subjects hit are kept.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crawlers.records import ArchiveError
from detectors.contacts import page_contacts, page_views
from detectors.features import Page
from detectors.lexicon import Lexicon
from detectors.masking import mask_quote
from detectors.matches import Matches
from detectors.runner import assess
from detectors.text import clauses, fold
from detectors.wording import Reader
from review import strings
from review.assessing import page_of
from review.errors import ReviewError

if TYPE_CHECKING:
    from config import Config
    from config.schema_wording import Wording
    from detectors.base import Verdict
    from detectors.context import Context
    from detectors.kept import Kept
    from review.assessing import Document

_TRIED = "tried"
_LEAST_CHARS = 2
_MAX_QUOTES = 3
_SLOT = re.compile(r"\{(\w+)\}")


class TrialError(ReviewError):
    """The phrase, the concept or the snippet cannot be tried."""


class Span(NamedTuple):
    """Where a page is hit."""

    start: int
    end: int
    disguised: bool


Finder = Callable[["Page"], list[Span]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the wording that would be, or None where a phrase is only looked for, and what counts as a hit."""

    wording: Wording | None
    find: Finder
    everywhere: bool = False
    """Whether pages without a hit may change their verdict too: a frame or a boost speaks of others' words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page to try on: whose it is, where it stands, what a person labelled it."""

    subject: str
    where: str
    url: str
    page: Page
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A page that is hit or whose verdict would change. Quotes are masked."""

    subject: str
    where: str
    url: str
    label: str
    before: Verdict
    after: Verdict | None
    quotes: tuple[str, ...]
    disguised: bool

    @property
    def changed(self) -> bool:
        return self.after is not None and self.change != (self.before.level.value, self.before.level.value)

    @property
    def change(self) -> tuple[str, str]:
        return self.before.level.value, (self.after or self.before).level.value

    def as_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "where": self.where,
            "url": self.url,
            "label": self.label,
            "before": _said(self.before),
            "after": _said(self.after) if self.after else None,
            "changed": self.changed,
            "disguised": self.disguised,
            "quotes": list(self.quotes),
        }


def _said(verdict: Verdict) -> dict[str, str]:
    return {"verdict": verdict.level.value, "class": verdict.cls}


@dataclass(slots=True)
class Tally:
    """Counts of a trial; `changes` by verdict before and after, pages and different subjects."""

    looked: int = 0
    hit: int = 0
    unreadable: int = 0
    pages: Counter[tuple[str, str]] = field(default_factory=Counter)
    subjects: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    labels: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, one: Tried) -> None:
        self.hit += bool(one.quotes)
        self.pages[one.change] += 1
        self.subjects.setdefault(one.change, set()).add(one.subject)
        if one.label:
            self.labels[*one.change, one.label] += 1

    def as_json(self) -> dict[str, Any]:
        changes = [
            {"before": before, "after": after, "pages": count, "subjects": len(self.subjects[before, after])}
            for (before, after), count in sorted(self.pages.items())
        ]
        labels = [
            {"before": before, "after": after, "label": label, "pages": count}
            for (before, after, label), count in sorted(self.labels.items())
        ]
        looked = {"looked": self.looked, "hit": self.hit, "unreadable": self.unreadable}
        return looked | {"changes": changes, "labels": labels}


def of_phrase(config: Config, phrase: str, concept: str = "") -> Trial:
    """A phrase looked for; with `concept` also as one more way to say that."""
    wording = config.wording
    if len(fold(phrase).text.strip()) < _LEAST_CHARS:
        raise TrialError(strings.TRY_SHORT.format(phrase=phrase, least=_LEAST_CHARS))
    unknown = [slot for slot in _SLOT.findall(phrase) if slot not in wording.lists]
    if unknown:
        raise TrialError(strings.TRY_NO_LIST.format(name=unknown[0], known="、".join(sorted(wording.lists))))
    changed = _with_term(wording, phrase, concept) if concept else None
    return Trial(changed, partial(_terms_in, _lexicon(wording, (phrase,))))


def _with_term(wording: Wording, phrase: str, name: str) -> Wording:
    known = [concept.id for concept in wording.concept]
    if name not in known:
        near = get_close_matches(name, known, 5, 0.5) or known
        raise TrialError(strings.TRY_NO_CONCEPT.format(name=name, near="、".join(near)))
    concepts = [
        one.model_copy(update={"terms": (*one.terms, phrase)}) if one.id == name else one for one in wording.concept
    ]
    return wording.model_copy(update={"concept": tuple(concepts)})


def _lexicon(wording: Wording, terms: tuple[str, ...]) -> Lexicon:
    """A lexicon of these terms alone: pages without them are passed by quickly."""
    from config.schema_wording import Concept

    alone = {"concept": (Concept(id=_TRIED, terms=terms),), "frame": (), "boost": (), "rule": ()}
    return Lexicon(wording.model_copy(update=alone))


def _terms_in(lexicon: Lexicon, page: Page) -> list[Span]:
    hits = Matches(lexicon, page_views(page)).hits(_TRIED)
    return [Span(hit.start, hit.end, hit.disguised) for hit in hits]


def of_snippet(config: Config, now: Context, path: Path) -> Trial:
    """Entries of a `wording.toml`, laid over the wording as an office's own file would be.

    Raises ConfigError with every problem and its line.
    """
    from config.loader import Config as Parts

    part = Parts.wording
    snippet, changed = _overlaid(config, path)
    wording = _validated(changed, snippet, part)
    rules = {one["id"] for one in snippet.data.get("rule", ()) if "id" in one}
    terms = _new_terms(config.wording, wording)
    lexicon = _lexicon(wording, terms) if terms else None
    trying = now.trying(wording)

    def find(page: Page) -> list[Span]:
        said = _terms_in(lexicon, page) if lexicon else []
        offers = [one for one in Reader.of(_fresh(page), trying).offers() if one.rule.id in rules] if rules else []
        return said + [Span(one.start, one.end, one.disguise is not None) for one in offers]

    return Trial(wording, find, everywhere=bool(snippet.data.keys() - {"rule", "concept"}) or _not_terms(snippet.data))


def _not_terms(snippet: dict[str, Any]) -> bool:
    """Whether a concept gets anything but terms: what that hits is only seen in the verdict."""
    return any(one.keys() - {"id", "terms"} for one in snippet.get("concept", ()))


def _overlaid(config: Config, path: Path) -> tuple[Any, Any]:
    """The snippet as read, and the document that both make."""
    from config.documents import overlay, read
    from config.errors import ConfigError
    from config.explain import problem_at
    from config.loader import Config as Parts

    snippet = read(path, str(path))
    problems: list[Any] = []
    base = next(iter(config.nodes(Parts.wording).values()))
    merged = overlay(
        base, snippet.node, {}, lambda node, accepted, fix: problems.append(problem_at(node, accepted, fix))
    )
    if problems:
        raise ConfigError(problems)
    return snippet, merged


def _validated(merged: Any, snippet: Any, part: Any) -> Wording:
    from pydantic import ValidationError

    from config.errors import ConfigError
    from config.explain import explained

    model = part.load_model()
    try:
        wording: Wording = model.model_validate_json(json.dumps(merged.plain(), default=str), strict=True)
    except ValidationError as error:
        raise ConfigError(explained(error, model, merged, snippet.data)) from error
    return wording


def _new_terms(before: Wording, after: Wording) -> tuple[str, ...]:
    known = {one.id: set(one.terms) for one in before.concept}
    added = (term for one in after.concept for term in one.terms if term not in known.get(one.id, ()))
    return tuple(dict.fromkeys(added))


def stored(kept: Kept, tally: Tally) -> Iterator[Candidate]:
    """Every page of a site and every offer of a data directory; what cannot be read is counted."""
    for capture in kept.captures():
        try:
            page = kept.page(capture)
        except ArchiveError:
            tally.unreadable += 1
            continue
        yield Candidate(kept.subject(capture, page), capture.label, capture.final_url, page)
    for listing in kept.listings():
        yield Candidate(f"listing:{listing.subject}", f"L-{listing.id:08d}", listing.url, Page.from_listing(listing))


def given(documents: Iterable[Document]) -> Iterator[Candidate]:
    for document in documents:
        label = str(document.row.get("label", ""))
        yield Candidate(str(document.id), "", document.url, page_of(document), label)


def run(candidates: Iterable[Candidate], trial: Trial, now: Context, tally: Tally) -> Iterator[Tried]:
    """Candidates that are hit, or whose verdict would change, in their order; `tally` counts them."""
    then = now.trying(trial.wording) if trial.wording else None
    for candidate in candidates:
        tally.looked += 1
        spans = trial.find(candidate.page)
        if not spans and not trial.everywhere:
            continue
        one = _tried(candidate, spans, now, then)
        if spans or one.changed:
            tally.add(one)
            yield one


def _tried(candidate: Candidate, spans: list[Span], now: Context, then: Context | None) -> Tried:
    page = candidate.page
    return Tried(
        subject=candidate.subject,
        where=candidate.where,
        url=candidate.url,
        label=candidate.label,
        before=assess(_fresh(page), now).selling,
        after=assess(_fresh(page), then).selling if then else None,
        quotes=tuple(dict.fromkeys(_quote(page, span) for span in spans[:_MAX_QUOTES])),
        disguised=any(span.disguised for span in spans),
    )


def _fresh(page: Page) -> Page:
    """The page without what was computed of it by another wording."""
    return replace(page, memo={}, counterpart=_fresh(page.counterpart) if page.counterpart else None)


def _quote(page: Page, span: Span) -> str:
    start, end = clauses(page.text, span.start, span.end)
    return mask_quote(page.text[start:end], start, page_contacts(page))


def told(one: Tried) -> Iterator[str]:
    """A result for people."""
    levels = strings.TRY_LEVELS
    before, after = one.change
    verdict = levels[before] if one.after is None else f"{levels[before]} → {levels[after]}"
    cls = (one.after or one.before).cls
    yield " ".join(part for part in (verdict, cls, one.subject, one.where, one.label, one.url) if part)
    yield from (f"    “{' '.join(quote.split())}”" for quote in one.quotes)


def summed(tally: Tally, *, judged: bool) -> Iterator[str]:
    """The counts for people, what would change first."""
    levels = strings.TRY_LEVELS
    yield strings.TRY_SUM.format(looked=tally.looked, hit=tally.hit)
    for (before, after), count in sorted(tally.pages.items(), key=lambda one: (one[0][0] == one[0][1], one[0])):
        change = levels[before] if not judged else f"{levels[before]} → {levels[after]}"
        labels = [f"{label} {n}" for (b, a, label), n in sorted(tally.labels.items()) if (b, a) == (before, after)]
        subjects = len(tally.subjects[before, after])
        shown = strings.TRY_CHANGE.format(change=change, pages=count, subjects=subjects)
        yield shown + (f"（{'、'.join(labels)}）" if labels else "")
    if tally.unreadable:
        yield strings.TRY_UNREADABLE.format(count=tally.unreadable)
