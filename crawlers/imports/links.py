"""Links as people write them in a table: with and without a scheme, made harmless (hxxp, [.]), amid words."""

from __future__ import annotations

import re
import unicodedata

from crawlers.urls import canonical

MAX_LINKS = 20
"""Of one cell."""
_LABEL = r"[a-z0-9\u3400-\u9fff](?:[a-z0-9\u3400-\u9fff-]{0,61}[a-z0-9\u3400-\u9fff])?"
_TAIL = r"[^\s<>\"'“”‘’《》【】（），。；、！|]"
_WITH_SCHEME = re.compile(rf"https?://{_TAIL}{{1,2000}}", re.I)
_BARE = re.compile(
    rf"(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,8}}[a-z]{{2,18}}(?::\d{{1,5}})?(?:/{_TAIL}{{0,2000}})?(?![\w@])",
    re.I,
)
_WHOLE = re.compile(
    rf"(?:{_LABEL}\.){{1,8}}(?:[a-z]{{2,18}}|xn--[a-z0-9-]{{2,59}}|[\u3400-\u9fff]{{1,10}})(?::\d{{1,5}})?(?:/\S{{0,2000}})?",
    re.I,
)
_HARMLESS = (
    (re.compile(r"\bhxxp", re.I), "http"),
    (re.compile(r"\[\.\]|\(\.\)|\[点\]|【\.】"), "."),
    (re.compile(r"\[:\]"), ":"),
)
_FILES = frozenset({"jpg", "jpeg", "png", "gif", "pdf", "doc", "docx", "xls", "xlsx", "txt", "zip", "rar", "mp4"})
_END = ".,;:!?)]}"


def links(cell: str) -> list[str]:
    """Web addresses in a cell, each once; one without a scheme gets `http://`."""
    text = cell.strip()
    if not text or ("." not in text and "点" not in text and "。" not in text):
        return []
    for pattern, plain in _HARMLESS:
        text = pattern.sub(plain, text)
    found = [match[0].rstrip(_END) for match in _WITH_SCHEME.finditer(text)]
    if not found:
        found = [f"http://{bare}" for bare in _bare(text)]
    addresses = (canonical(one) for one in found[:MAX_LINKS])
    return list(dict.fromkeys(one for one in addresses if one))


def _bare(text: str) -> list[str]:
    """Names without a scheme: the whole cell in any script, or ASCII ones amid words."""
    whole = unicodedata.normalize("NFKC", text).replace("。", ".")
    if _WHOLE.fullmatch(whole) and not _is_file(whole):
        return [whole]
    found = (match[0].rstrip(_END) for match in _BARE.finditer(text))
    return [one for one in found if not _is_file(one)]


def _is_file(name: str) -> bool:
    host, slash, _ = name.partition("/")
    return not slash and host.rpartition(".")[2].lower() in _FILES
