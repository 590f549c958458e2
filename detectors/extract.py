"""HTML to features: one iterative walk over selectolax's Lexbor tree, text and markup together."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from crawlers.markup import parse_html
from crawlers.records import PageState
from crawlers.states import PageView, ordinary_state, solid_chars
from detectors import written
from detectors.elements import INLINE, SECTION_TAGS, SETTLED, SILENT, UNENDING, WHOLE, hides, section_named
from detectors.features import Field, Form, Identifier, Image, Link, Markup, Page, Passage
from detectors.garbled import repaired
from detectors.limits import (
    MAX_DRAWN,
    MAX_DRAWN_CHARS,
    MAX_FIELDS,
    MAX_HTML_CHARS,
    MAX_IMAGES,
    MAX_LINKS,
    MAX_TEMPLATES,
    MAX_WRITES,
    SHELL_CHARS,
)
from detectors.literals import HAN_RUN, SPACE, chinese_in
from detectors.uncollected import uncollected

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{1,500})")
_EARLY_PIECES = 1_000
"""Of a page's text: most say enough there to be no challenge."""
_WRITTEN = ("text", "tel", "number", "search")
_PERSONAL = ("姓名", "证件", "身份证", "证书", "持证人", "证号", "编号")
_DRAWN = re.compile(r"content\s*:\s*(\"[^\"\n]{2,400}\"|'[^'\n]{2,400}')")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_TEMPLATE = re.compile(r"^<template[^>]{0,400}>|</template>$")
_made = tuple.__new__


def extract(html: str, url: str, status: int = 200) -> Page:
    """The page of `html`; never raises on any markup, and takes time linear in its length."""
    with uncollected():
        return _extracted(html, url, status)


def _extracted(html: str, url: str, status: int) -> Page:
    cut = repaired(html[:MAX_HTML_CHARS])
    head = _SAVED_FROM.search(cut, 0, 4096)
    view = PageView(cut, url, status)
    view.parsed = tree = parse_html(cut, view.data)
    walk = _Walk(written.words_in(view.data))
    walk.markup.saved_from = head.group(1) if head else ""
    if tree.root is not None:
        walk.run(tree.root)
    view.least_shown = walk.least_shown(tree)
    page = walk.page(url, truncated=len(cut) < len(html))
    page.source = cut
    page.memo["data"] = view.data
    page.state, page.state_reason = ordinary_state(view)
    if page.state is PageState.BLOCKED and page.state_reason == "captcha" and _asks_for_a_person(page):
        page.state, page.state_reason = PageState.RESULTS, ""
    return page


def _asks_for_a_person(page: Page) -> bool:
    """A form for a name or a number beside its captcha is a query page; who guards one asks for the captcha alone."""
    filled = [one for form in page.markup.forms for one in form.fields if one.kind in _WRITTEN]
    return len(filled) > 1 and any(word in one.words for one in filled for word in _PERSONAL)


class _Walk:
    """The state of one walk: the growing text, the open block, and what markup said so far."""

    def __init__(self, writing: tuple[str, ...] = written.WORDS) -> None:
        """`writing` are words one of which is in every script that writes into the page."""
        self.writing = writing
        self.markup = Markup()
        self.passages: list[Passage] = []
        self.pieces: list[str] = []
        self.length = 0
        self.block_start = 0
        self.block: tuple[str, bool] = ("body", False)
        self.title = ""
        self.fields: list[Field] = []
        self.loose: list[Field] = []
        self.form: str | None = None
        self.in_form = False
        self.link_title = ""
        self.writes = 0
        self.templates: list[str] = []

    def run(self, root: LexborNode, section: str = "body") -> None:
        """Depth first without recursion; `stack` holds what each open element restores when it closes."""
        node: LexborNode | None = root
        stack: list[tuple[str, str, bool, int, str]] = []
        hidden = False
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self.text(node.text_content or "", section, hidden)
            elif tag in _APART:
                _APART[tag](self, node)
            elif tag not in SILENT and tag[:1] not in "-!":
                attributes = node.attributes
                child = node.first_child
                href = (attributes.get("href") or "") if tag == "a" else ""
                inner, concealed = self.enter(tag, attributes, section, hidden)
                if child is not None:
                    stack.append((tag, section, hidden, self.length, href))
                    section, hidden, node = inner, concealed, child
                    continue
                if tag not in UNENDING:
                    self.leave(tag, self.length, href)
            while node is not None:
                following = node.next
                if following is not None:
                    node = following
                    break
                node = node.parent
                if node is None or not stack:
                    node = None
                    break
                tag, section, hidden, start, href = stack.pop()
                if tag not in UNENDING:
                    self.leave(tag, start, href)

    def enter(self, tag: str, attributes: dict[str, str | None], section: str, hidden: bool) -> tuple[str, bool]:
        """What an element's start says; returns (section, hidden) for its content."""
        if self.length > self.block_start and tag not in INLINE:
            self.break_block()
        if tag in _HANDLERS:
            _HANDLERS[tag](self, attributes)
        if not attributes:
            return SECTION_TAGS.get(tag, section), hidden
        style = attributes.get("style")
        concealed = hidden or "hidden" in attributes or (style is not None and hides(style))
        if tag in SECTION_TAGS:
            return SECTION_TAGS[tag], concealed
        if section in SETTLED or tag in WHOLE:
            return section, concealed
        return self.section(attributes.get("class"), attributes.get("id")) or section, concealed

    def section(self, named: str | None, id_: str | None) -> str:
        """The section that an element's class, or else its id, speaks of."""
        found = section_named(named) if named else ""
        if found or not id_:
            return found
        if "conac" in id_.lower():
            self.markup.emblem_ids.append(id_)
        return section_named(id_)

    def leave(self, tag: str, start: int, href: str) -> None:
        if tag == "a":
            self.link_title = ""
            if href and len(self.markup.links) < MAX_LINKS:
                self.markup.links.append(_made(Link, (href, start, self.length)))
        elif tag == "form":
            self.end_form()
        if self.length > self.block_start and tag not in INLINE:
            self.break_block()

    def text(self, raw: str, section: str, hidden: bool) -> None:
        if not raw or raw.isspace():
            if self.length > self.block_start and raw and self.pieces[-1][-1:] != " ":
                self.add(" ")
            return
        if self.block != (section, hidden):
            self.break_block()
            self.block = (section, hidden)
        # printable is no space but the plain one
        value = raw if " " not in raw and raw.isprintable() else SPACE.sub(" ", raw)
        if value[0] == " " and (self.length == self.block_start or self.pieces[-1][-1:] == " "):
            value = value.lstrip(" ")
        self.pieces.append(value)
        self.length += len(value)

    def add(self, value: str) -> None:
        self.pieces.append(value)
        self.length += len(value)

    def heading(self, node: LexborNode) -> None:
        value = SPACE.sub(" ", node.text(deep=True)).strip()
        if value and not self.title:
            self.title = value
            self.whole("title", value)

    def whole(self, kind: str, value: str) -> None:
        """A passage of its own, apart from the running block."""
        self.break_block()
        end = self.length + len(value)
        self.passages.append(_made(Passage, (kind, self.length, end, False)))
        self.pieces += value, "\n"
        self.length = self.block_start = end + 1

    def break_block(self) -> None:
        end = self.length
        if end > self.block_start:
            # a named tuple of a tuple, without a call of its own
            self.passages.append(_made(Passage, (self.block[0], self.block_start, end, self.block[1])))
            self.pieces.append("\n")
            self.length = self.block_start = end + 1

    def tail(self) -> str:
        """The last words before this point, within the block or the one before it."""
        recent = "".join(self.pieces[-4:]).rstrip()
        return recent.rsplit("\n", 1)[-1][-24:]

    def image(self, attributes: dict[str, str | None]) -> None:
        if len(self.markup.images) < MAX_IMAGES:
            source = attributes.get("src") or attributes.get("data-src") or ""
            alt = (attributes.get("alt") or attributes.get("title") or self.link_title).strip()
            self.markup.images.append(_made(Image, (source, alt)))
            self.markup.assets.append(source)

    def anchor(self, attributes: dict[str, str | None]) -> None:
        """A picture within says what its link is called when it says nothing itself."""
        self.link_title = attributes.get("title") or ""

    def meta(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or ""
        if name:
            self.markup.metas.setdefault(name.strip().lower(), (attributes.get("content") or "").strip())

    def link(self, attributes: dict[str, str | None]) -> None:
        href = attributes.get("href") or ""
        if "canonical" in (attributes.get("rel") or "").lower():
            self.markup.canonical = href
        else:
            self.markup.assets.append(href)

    def base(self, attributes: dict[str, str | None]) -> None:
        self.markup.base = attributes.get("href") or ""

    def framed(self, node: LexborNode) -> None:
        attributes = node.attributes
        self.frame(attributes)
        inside = attributes.get("srcdoc") or ""
        if inside and self.writes < MAX_WRITES:
            self.inner(inside)

    def frame(self, attributes: dict[str, str | None]) -> None:
        source, title = attributes.get("src") or "", attributes.get("title") or ""
        self.markup.assets.append(source)
        if source:
            self.markup.frames.append(source)
        if title:
            self.markup.frame_titles.append(title)

    def start_form(self, attributes: dict[str, str | None]) -> None:
        self.end_form()
        self.in_form, self.form = True, attributes.get("action") or ""

    def end_form(self) -> None:
        if self.in_form:
            self.markup.forms.append(Form(self.form, tuple(self.fields)))
        self.fields, self.in_form, self.form = [], False, None

    def control(self, attributes: dict[str, str | None]) -> None:
        kind = (attributes.get("type") or "text").lower()
        fields = self.fields if self.in_form else self.loose
        if len(fields) >= MAX_FIELDS:
            return
        name = " ".join(filter(None, (attributes.get("name"), attributes.get("id"), attributes.get("ng-model"))))
        value, pressed = attributes.get("value") or "", kind in ("submit", "button")
        placeholder = attributes.get("placeholder") or (value if pressed else "")
        filled = value if kind in _WRITTEN and not value.isascii() else ""
        fields.append(Field(name, kind, self.tail(), placeholder, self.length, filled))

    def script(self, node: LexborNode) -> None:
        attributes = node.attributes
        source = attributes.get("src") or ""
        if source:
            self.markup.assets.append(source)
        site_code = attributes.get("sitecode") or ""
        if "jiucuo" in source.lower() or "jiucuo" in (attributes.get("id") or "").lower():
            self.markup.marks.append(Identifier("jiucuo", site_code, source or "jiucuo", where="html"))
        if "template" in (attributes.get("type") or ""):
            self.template(node)
            return
        body = node.text(deep=True)
        if any(word in body for word in self.writing):
            body = self.written(body)
        self.markup.scripts += chinese_in(body)

    def written(self, body: str) -> str:
        """Walks what the script writes where it stands; returns what is left of it."""
        titled = SPACE.sub(" ", written.title(body)).strip()
        if titled:
            self.title = self.title or titled
            self.whole("title", titled)
        markup, left = written.split(body) if self.writes < MAX_WRITES else ("", body)
        if not markup:
            return body
        self.inner(markup)
        return left

    def template(self, node: LexborNode) -> None:
        """Markup that scripts may put into the page; it is read where the page says next to nothing itself."""
        if len(self.templates) < MAX_TEMPLATES:
            self.templates.append((node.html or "") if node.tag == "template" else node.text(deep=True))

    def picture(self, node: LexborNode) -> None:
        """Words within a drawing."""
        value = SPACE.sub(" ", node.text(deep=True)).strip()
        if value and len(value) <= MAX_DRAWN_CHARS and not value.isascii() and len(self.markup.drawn) < MAX_DRAWN:
            self.markup.drawn.append(value)

    def inner(self, markup: str) -> None:
        """Walks a document within the document where it stands."""
        self.writes += 1
        self.writing = written.WORDS
        tree = parse_html(markup)
        if tree.root is not None:
            self.break_block()
            self.run(tree.root, "written")
            self.break_block()

    def drawn(self, node: LexborNode) -> None:
        """Words that a style sheet draws before or after an element."""
        body = node.text(deep=True)
        for match in _DRAWN.finditer(body) if "content" in body else ():
            value = _CSS_ESCAPE.sub(lambda found: written.character(found[1]), match[1][1:-1]).strip()
            if HAN_RUN.search(value) and len(self.markup.drawn) < MAX_DRAWN:
                self.markup.drawn.append(value)

    def least_shown(self, tree: LexborHTMLParser) -> int:
        """How many characters a reader sees for certain of those that have been walked through; no walk of its own."""
        if self.writes or tree.body is None:
            return 0
        text = "".join(self.pieces[:_EARLY_PIECES])
        titles = (text[one.start : one.end] for one in self.passages if one.kind == "title")
        unseen = (node.text(deep=True) for node in tree.css("noscript"))
        return solid_chars(text) - sum(map(solid_chars, chain(titles, unseen)))

    def page(self, url: str, *, truncated: bool) -> Page:
        self.end_form()
        if self.templates and self.length < SHELL_CHARS:
            for markup in self.templates:
                self.inner(_TEMPLATE.sub("", markup))
            self.end_form()
        if self.loose:
            self.markup.forms.append(Form(None, tuple(self.loose)))
        self.append_unseen()
        return Page(
            text="".join(self.pieces),
            url=url,
            kind="html",
            title=self.title,
            passages=tuple(self.passages),
            markup=self.markup,
            truncated=truncated,
        )

    def append_unseen(self) -> None:
        """Alternative texts, meta descriptions and script strings, each a marked passage after the visible text."""
        self.break_block()
        for image in self.markup.images:
            if len(image.alt) > 1:
                self.whole("alt", SPACE.sub(" ", image.alt))
        for value in self.markup.drawn:
            self.whole("alt", value)
        for name in ("description", "keywords"):
            if self.markup.metas.get(name):
                self.whole("meta", SPACE.sub(" ", self.markup.metas[name]))
        for value in self.markup.scripts:
            self.whole("script", value)


_HANDLERS = {
    "a": _Walk.anchor,
    "img": _Walk.image,
    "meta": _Walk.meta,
    "link": _Walk.link,
    "base": _Walk.base,
    "form": _Walk.start_form,
    "input": _Walk.control,
    "select": _Walk.control,
    "textarea": _Walk.control,
    "frame": _Walk.frame,
}
_APART = {"script": _Walk.script, "style": _Walk.drawn, "title": _Walk.heading, "iframe": _Walk.framed} | {
    "template": _Walk.template,
    "svg": _Walk.picture,
}
"""Elements whose content is no text of the page where they stand."""
