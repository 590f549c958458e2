"""What elements of HTML are to a reader of its text: which break a line, which are silent, which begin a section."""

from __future__ import annotations

import re
from functools import lru_cache

# fmt: off
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "img", "input", "select", "button", "textarea", "o:p",
))
# fmt: on
UNENDING = INLINE - {"a"}
"""Of which the end says nothing."""
SILENT = frozenset(
    {"style", "template", "svg", "math", "object", "iframe", "canvas", "audio", "video", "datalist", "noframes"}
)
"""`noframes` is markup that HTML has as plain text, for browsers that nobody uses."""
WHOLE = frozenset({"body", "html"})
SETTLED = frozenset({"footer", "h1", "code"})
"""Sections within which no class or id begins another one."""
SECTION_TAGS = {"pre": "code", "nav": "nav", "footer": "footer", "header": "header", "h1": "h1"}
_SECTION_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?P<footer>foot(?:er)?|(?<![_-])(?:ft|btm)(?![\d_-])|copyright|copy|bottom|banquan|yejiao|dibu|siteinfo)|(?P<nav>nav|menu|crumbs?|breadcrumb)"
    r"|(?P<header>head(?:er)?|logo|masthead|topbar|banner|sitename))(?:$|[\s_\d-])",
    re.I,
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d])", re.I
)
"""Styles of what nobody sees."""


@lru_cache(maxsize=4096)
def hides(style: str) -> bool:
    """Whether a style lets nobody see what it is of; pages write the same ones again and again."""
    return _HIDING.search(style) is not None


@lru_cache(maxsize=4096)
def section_named(value: str) -> str:
    """The section that a class or id speaks of, or nothing."""
    match = _SECTION_NAMES.search(value)
    return match.lastgroup or "" if match else ""
