"""What was wrong with a file, where in it, and what to do about it: in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.strings import in_chinese
from crawlers import strings
from crawlers.records import ImportRefused


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is `line`, `row` (both from 1), `byte`, `entry` (of a zip), `path` (into JSON) or "": the whole file."""

    kind: str = ""
    value: int | str = ""

    def told(self, language: str = "zh") -> str:
        return strings.PLACES[self.kind][language != "zh"].format(self.value)


WHOLE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is a key of `strings.IMPORT`; `fields` fill its sentences."""

    code: str
    place: Place = WHOLE
    fields: Mapping[str, object] = field(default_factory=dict)

    def told(self, language: str = "zh") -> str:
        """Place, cause and remedy in one sentence; `language` is `zh` or `en`."""
        chinese = language == "zh"
        cause, remedy = strings.IMPORT[self.code][:2] if chinese else strings.IMPORT[self.code][2:]
        where, fields = self.place.told(language), dict(self.fields)
        if chinese and "detail" in fields:
            fields["detail"] = in_chinese(str(fields["detail"]))
        if chinese and (known := strings.DAMAGE.get(str(fields.get("cause", "")))):
            inside = str(fields.get("inside", ""))
            fields["detail"] = f"{inside}：{known}" if inside else known
        before = f"{where}{'：' if chinese else ': '}" if where else ""
        return f"{before}{cause.format(**fields)}{'。' if chinese else '; '}{remedy.format(**fields)}" + (
            "。" if chinese else ""
        )

    def as_json(self) -> dict[str, Any]:
        place = {"kind": self.place.kind, "value": self.place.value}
        offset = {"offset": self.place.value} if self.place.kind == "byte" else {}
        fields = {name: value if isinstance(value, int) else str(value) for name, value in self.fields.items()}
        told = {"reason": self.told("en"), "zh": self.told("zh")}
        return {"code": self.code, "place": place, **offset, **told, "fields": fields}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Problem:
        """Back from `as_json`."""
        return cls(document["code"], Place(**document["place"]), document["fields"])


class Refused(ImportRefused):
    """The file is not taken and nothing of it was kept."""

    def __init__(self, code: str, place: Place | None = None, **fields: object) -> None:
        self.problem = Problem(code, place or WHOLE, fields)
        self.file = ""
        super().__init__(code)

    def told(self, language: str = "zh") -> str:
        colon = "：" if language == "zh" else ": "
        return f"{self.file}{colon if self.file else ''}{self.problem.told(language)}"

    def __str__(self) -> str:
        return self.told("en")
