from __future__ import annotations

import pytest

from review.subjects import shown

IDN = "特种作业证查询.com".encode("idna").decode()


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (f"site:{IDN}", f"site:特种作业证查询.com（{IDN}）"),
        (f"site:{IDN}/a", f"site:特种作业证查询.com/a（{IDN}）"),
        ("site:www.example.top", "site:www.example.top"),
        ("listing:xianyu:1", "listing:xianyu:1"),
        ("site:xn--\u00ff.com", "site:xn--\u00ff.com"),
        ("site:xn--a-ecp.ru", "site:xn--a-ecp.ru"),
    ],
)
def test_people_see_the_script_and_the_ascii_form(subject: str, expected: str) -> None:
    assert shown(subject) == expected
