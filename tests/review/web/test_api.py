"""`/api/v1`: tokens only, scopes, problem documents, and a description that says what is there."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from sqlalchemy import insert, update

from review import referrals, tables
from review.cases import Decision, decide
from review.desk import tokens
from review.web.pages.api import DESCRIPTION
from tests.review.web.office import Office


def bearer(desk: Office, *scopes: str) -> dict[str, str]:
    with desk.store.write() as connection:
        text = tokens.make(connection, "省平台", scopes or tokens.SCOPES, actor="sec", now=desk.clock())
    return {"Authorization": f"Bearer {text}"}


def asked(desk: Office, path: str, headers: dict[str, str] | None = None) -> Any:
    return desk.visitor().get(f"/api/v1{path}", headers=headers or {})


def test_without_a_token_or_its_scope_nothing_is_told(desk: Office) -> None:
    assert asked(desk, "/cases").status_code == 401
    assert asked(desk, "/cases", {"Authorization": "Bearer zs1.1.wrong"}).status_code == 401
    refused = asked(desk, "/cases", bearer(desk, "runs"))
    assert refused.status_code == 403 and refused.mimetype == "application/problem+json"
    assert [row["actor"] for row in desk.told("api.refused")] == ["api", "api:省平台"], "no token, nothing to note"


def test_a_revoked_token_is_dead_at_once(desk: Office) -> None:
    held = bearer(desk)
    assert asked(desk, "/cases", held).status_code == 200
    with desk.store.write() as connection:
        tokens.revoke(connection, 1, actor="sec", now=desk.clock())
    assert asked(desk, "/cases", held).status_code == 401


def test_cases_come_page_by_page_and_each_reading_is_written_down(desk: Office) -> None:
    for number in range(5):
        desk.case(number)
    held = bearer(desk)
    first = asked(desk, "/cases?limit=2", held).json
    rest = asked(desk, f"/cases?limit=50&after={first['next']}", held).json
    assert [case["id"] for case in first["cases"] + rest["cases"]] == [f"A-{n:06d}" for n in range(1, 6)]
    assert rest["next"] is None
    assert len(desk.told("api.read")) == 2 and desk.told("api.read")[0]["actor"] == "api:省平台"


def test_only_confirmed_sites_are_on_the_block_list(desk: Office) -> None:
    case_id = desk.case(0)
    desk.case(1)
    with desk.store.write() as connection:
        decide(connection, case_id, Decision.CONFIRM, actor="ana", reason="属实", now=desk.clock())
    entries = asked(desk, "/blocklist", bearer(desk)).json["entries"]
    assert [(one["host"], one["unit"]) for one in entries] == [("www.example-0.top", "host")]


@pytest.mark.parametrize(
    "path", ["/cases?limit=0", "/cases?limit=x", "/cases?state=bad", "/cases?after=zz", "/cases/zz"]
)
def test_odd_questions_are_refused_as_problems(desk: Office, path: str) -> None:
    answer = asked(desk, path, bearer(desk))
    assert answer.status_code == 400 and answer.json["status"] == 400 and answer.json["detail"]


def test_packets_are_told_of_once_they_were_handed_over(desk: Office) -> None:
    """Four eyes hold for other platforms, too: a draft is nobody else's."""
    case_id = desk.case(0)
    with desk.store.write() as connection:
        decide(connection, case_id, Decision.CONFIRM, actor="ana", reason="属实", now=desk.clock())
        referrals.draft(connection, [case_id], "market", desk.config, actor="ana", now=desk.clock())
        row = {"id": "P-2026-000001", "case_id": case_id, "agency": "market", "built_at": desk.clock(), "sha256": ""}
        connection.execute(insert(tables.packets).values({**row, "file": "P-2026-000001.zip"}))
        referrals.attach(connection, 1, "P-2026-000001", actor="ana", now=desk.clock())
    (desk.data / "packets").mkdir()
    (desk.data / "packets" / "P-2026-000001.zip").write_bytes(b"PK")
    held = bearer(desk)

    def told() -> tuple[int, int, int]:
        with asked(desk, "/packets/P-2026-000001/file", held) as file:
            listed = asked(desk, "/packets", held).json["packets"]
            return len(listed), len(asked(desk, "/cases/A-1", held).json["packets"]), file.status_code

    assert told() == (0, 0, 404)
    with desk.store.write() as connection:
        connection.execute(update(tables.referrals).values(state="sent"))
    assert told() == (1, 1, 200)


def test_the_description_names_every_view_and_no_other(desk: Office) -> None:
    described = set(json.loads(DESCRIPTION.read_text("utf-8"))["paths"])
    rules = {
        rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}")
        for rule in desk.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert described == rules - {"/openapi.json"}


def test_schemathesis_finds_nothing(desk: Office) -> None:
    """Generated questions to every view: each answer is as described."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import schemathesis
        from hypothesis import HealthCheck, settings

    desk.case(0)
    held = bearer(desk)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app, base_url="http://127.0.0.1:8600")
    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy()
        _run(
            strategy,
            held,
            settings(
                max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
            ),
        )


def _run(strategy: Any, held: dict[str, str], limits: Any) -> None:
    from hypothesis import given

    @limits
    @given(case=strategy)
    def inner(case: Any) -> None:
        case.call_and_validate(base_url="http://127.0.0.1:8600/api/v1", headers=held)

    inner()


def test_a_host_name_that_is_not_ours_is_refused_plainly(desk: Office) -> None:
    """W14: no page, no link and no trace is made of it."""
    for path in ("/", "/login", "/api/v1/cases", "/nothing"):
        answer = desk.app.test_client().get(path, base_url="http://evil.example")
        assert (answer.status_code, answer.text) == (400, "Bad Request")
