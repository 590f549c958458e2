"""Files handed in by people: what is in them is kept like any capture, with where it came from; links become tips.

`Intake` is the door for every caller: `preview` shows what a file holds and writes nothing, `take` keeps all of it or
nothing. One file a format in `formats/`; what is hostile or broken ends as `Refused`, which says where and what to do.
"""

from __future__ import annotations

from crawlers.imports.handed import NIGHT, SOURCE, Handed, Limits
from crawlers.imports.intake import Intake, imported, preview
from crawlers.imports.problems import Place, Problem, Refused
from crawlers.imports.report import Column, ImportReport, Preview
from crawlers.imports.tips import Tip, TipRow

__all__ = [
    "NIGHT",
    "SOURCE",
    "Column",
    "Handed",
    "ImportReport",
    "Intake",
    "Limits",
    "Place",
    "Preview",
    "Problem",
    "Refused",
    "Tip",
    "TipRow",
    "imported",
    "preview",
]
