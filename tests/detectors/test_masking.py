"""What may stand in a row: nothing personal in full, offsets kept, equal values linked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from detectors.base import Axis, Contact, Signal
from detectors.contacts import find, is_personal
from detectors.masking import link, mask, mask_signal, mask_text, shown
from detectors.text import views


def signal(text: str, start: int, end: int) -> Signal:
    return Signal(
        detector="wording",
        version=1,
        axis=Axis.SELLING,
        cls="承诺免考",
        weight=0.6,
        reason="理由",
        quote=text[start:end],
        start=start,
        end=end,
    )


def test_masking_keeps_length_and_hides_the_middle() -> None:
    assert mask("14000000127") == "140******27"
    assert mask("abc") == "a**"
    assert mask_text("证号T110101190001011230，电话14000000127。") == "证号T11**************30，电话140******27。"


@pytest.mark.parametrize(
    "text",
    [
        "电①④⓪〇〇⓪〇〇①②⑦",
        "微信 bz_hg_66",
        "QQ100000536",
        "手机140 0000 0127",
        "身份证 110101 19000101 1230",
        "T１１０１０１１９０００１０１１２３０",
        ".140.薇.0000.电.0127.",
        "t.me/zheng_gong",
    ],
)
def test_however_written_nothing_personal_is_left(text: str) -> None:
    hidden = mask_text(text)
    assert len(hidden) == len(text)
    assert hidden != text
    assert not [contact for contact in find(views(hidden)) if is_personal(contact)]
    assert mask_text(hidden) == hidden


def test_a_signals_quote_is_masked_where_contacts_and_numbers_stand() -> None:
    text = "免考拿证，微信bz_hg_66，证号T110101190001011230"
    contacts = find(views(text))
    hidden = mask_signal(signal(text, 0, len(text)), contacts)
    assert hidden.quote == "免考拿证，微信bz_***66，证号T11**************30"
    assert (hidden.start, hidden.end) == (0, len(text))


def test_a_contact_that_only_reaches_into_a_quote_is_masked_there() -> None:
    text = "电话14000000127免考"
    contacts = [Contact(kind="phone", value="14000000127", quote="14000000127", start=2, end=13)]
    hidden = mask_signal(signal(text, 8, 15), contacts)
    assert hidden.quote == "0****免考"
    assert len(hidden.quote) == 7


@given(some.text(max_size=60))
def test_masking_never_changes_the_length(text: str) -> None:
    assert len(mask_text(text)) == len(text)


def test_linking_depends_on_value_kind_and_key() -> None:
    assert link("phone", "1", b"k") == link("phone", "1", b"k")
    others = {link("phone", "1", b"k"), link("qq", "1", b"k"), link("phone", "2", b"k"), link("phone", "1", b"l")}
    assert len(others) == 4


def test_only_the_number_of_a_card_is_hidden_where_contacts_are_shown() -> None:
    phone = Contact(kind="phone", value="14000000127", quote="14000000127")
    card = Contact(kind="certificate", value="110101190001011230", quote="T110101190001011230")
    assert shown(phone) == phone
    assert (shown(card).value, shown(card).quote) == ("110*************30", "T11**************30")
