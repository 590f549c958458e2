"""Finding cases by words of any length: titles, shops, hosts, classes, whatever is shown of them.

A text is folded to runs of letters and digits. SQLite indexes the pairs of neighbouring characters as words of FTS5
(`unicode61` cannot cut Chinese, and its trigrams lose every word of two characters); PostgreSQL indexes the same pairs
as an array. A phrase of pairs is exactly a substring.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, literal, select, text, update

from review.desk.tables import desk_texts

_RUNS = re.compile(r"[^\W_]+")
MAX_BODY_CHARS = 4000
MAX_QUERY_CHARS = 80


def folded(value: str) -> list[str]:
    """Runs of letters and digits in compatibility form, lower case: `特种作业证 Ｗｅｉxin` → `[特种作业证, weixin]`."""
    return _RUNS.findall(unicodedata.normalize("NFKC", value).lower())


def grams(run: str) -> list[str]:
    """Pairs of neighbouring characters, and the last character alone, so that one character finds its end, too."""
    return [run[at : at + 2] for at in range(len(run))]


def write(connection: Connection, case_id: int, parts: Sequence[str]) -> None:
    """Make the case be found by `parts` and by nothing else."""
    body = " ".join(run for part in parts for run in folded(part))[:MAX_BODY_CHARS]
    before = connection.scalar(select(desk_texts.c.body).where(desk_texts.c.case_id == case_id))
    if before == body:
        return
    if before is None:
        connection.execute(insert(desk_texts).values(case_id=case_id, body=body))
    else:
        connection.execute(update(desk_texts).where(desk_texts.c.case_id == case_id).values(body=body))
    _index(connection, case_id, before, body)


def _index(connection: Connection, case_id: int, before: str | None, body: str) -> None:
    if connection.dialect.name != "sqlite":
        put = "INSERT INTO desk_search VALUES (:id, :grams) ON CONFLICT (case_id) DO UPDATE SET grams = excluded.grams"
        connection.execute(text(put), {"id": case_id, "grams": sorted(set(_all(body)))})
        return
    if before is not None:
        gone = "INSERT INTO desk_search (desk_search, rowid, grams) VALUES ('delete', :id, :grams)"
        connection.execute(text(gone), {"id": case_id, "grams": " ".join(_all(before))})
    put = "INSERT INTO desk_search (rowid, grams) VALUES (:id, :grams)"
    connection.execute(text(put), {"id": case_id, "grams": " ".join(_all(body))})


def _all(body: str) -> list[str]:
    return [gram for run in body.split() for gram in grams(run)]


def matches(connection: Connection, wanted: str, limit: int) -> list[int] | None:
    """Ids of the cases that hold every run of `wanted`; None when more than `limit` do (then see `holds`)."""
    runs = folded(wanted[:MAX_QUERY_CHARS])
    if not runs:
        return []
    if connection.dialect.name == "sqlite":
        query = "SELECT rowid FROM desk_search WHERE desk_search MATCH :phrases LIMIT :limit"
        found = connection.execute(text(query), {"phrases": " ".join(map(_phrase, runs)), "limit": limit + 1})
    else:
        found = connection.execute(_by_array(runs).limit(limit + 1))
    ids = [int(row[0]) for row in found]
    return ids if len(ids) <= limit else None


def _phrase(run: str) -> str:
    """FTS5's words are quoted, so that nothing a person types is an operator."""
    return f'"{run}" *' if len(run) == 1 else '"' + " ".join(grams(run)[:-1]) + '"'


def _by_array(runs: Sequence[str]) -> Select[int]:
    pairs = sorted({gram for run in runs for gram in grams(run)[:-1]})
    query = select(desk_texts.c.case_id).where(holds(runs))
    if not pairs:
        return query
    has_all = text("case_id IN (SELECT case_id FROM desk_search WHERE grams @> CAST(:pairs AS text[]))")
    return query.where(has_all.bindparams(pairs=pairs))


def holds(runs: Sequence[str]) -> ColumnElement[bool]:
    """The same by reading each text: right where so many match that a page of them is soon full."""
    found = [desk_texts.c.body.like(literal(f"%{run}%")) for run in runs]
    return and_(*found)
