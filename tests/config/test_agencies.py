"""Recipients: what the packaged files say, and what a wrong one is told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from config.loader import Config
from config.schema_agencies import SENDERS, Agency, Paper


def test_every_kind_of_recipient_for_every_sender() -> None:
    agencies = Config().agencies
    assert {agency.kind for agency in agencies.values()} == {"cac", "market", "police", "operator"}
    for agency in agencies.values():
        assert {paper.id for paper in agency.papers} == set(SENDERS)
        assert any(field.required for field in agency.fields)
        assert all(field.supplier for field in agency.fields)


def test_a_county_office_reports_upward_instead_of_writing_to_itself() -> None:
    paper = next(paper for paper in Config().agencies["cac"].papers if paper.id == "cac")
    assert paper.document == "处置请示"
    assert "{region}" not in paper.recipient
    assert "省通信管理局" in paper.copies


def test_required_fields_follow_the_subject() -> None:
    fields = {field.id: field for field in Config().agencies["market"].fields}
    assert (fields["item_id"].applies, fields["item_id"].required) == ("listing", True)


def paper(**changes: object) -> dict[str, object]:
    values = {
        "id": "cac",
        "document": "函",
        "title": "关于{kind}的函",
        "recipient": "某局",
        "copies": (),
        "chain": "直接",
        "opening": "{office}发现",
        "closing": "请函复。",
    }
    return {**values, **changes}


def test_unknown_placeholders_are_refused() -> None:
    with pytest.raises(ValidationError, match="unknown field"):
        Paper.model_validate(paper(title="关于{nonsense}的函"))


def test_a_sender_without_paper_is_refused() -> None:
    whole = Config().agencies["cac"]
    values = {name: getattr(whole, name) for name in Agency.model_fields}
    with pytest.raises(ValidationError, match="no paper"):
        Agency.model_validate({**values, "papers": whole.papers[:1]})
