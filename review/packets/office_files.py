"""DOCX and XLSX files as bytes that depend on their content alone: the libraries write the time of day into them."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

EPOCH = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def steady(content: bytes, built_at: str) -> bytes:
    """The same document with every date of its zip at 1980-01-01 and its own dates at `built_at` (UTC)."""
    moment = datetime.fromisoformat(built_at).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=_place):
            data = old.read(name)
            if name == CORE:
                data = _TIME.sub(rb"\g<1>" + moment + rb"\g<2>", data)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            new.writestr(entry, data, compresslevel=6)
    return output.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """The list of content types first, as Office writes it: some readers look at the beginning only."""
    return name != "[Content_Types].xml", name
