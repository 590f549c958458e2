"""Our reading of the public suffix list against tldextract's own."""

from __future__ import annotations

import pytest
import tldextract
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.suffixes import registrable, rules, suffix_of

THEIRS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
LABEL = st.sampled_from(["a", "www", "city", "b-c", "mem", "x1"])


def theirs(host: str) -> str:
    return THEIRS.extract_str(host).top_domain_under_public_suffix or host


@pytest.mark.parametrize(
    "host",
    [
        *("cx.mem.gov.cn", "gov.cn", "com.cn", "x.github.io", "github.io", "www.ck", "a.b.ck", "city.kawasaki.jp"),
        *("a.b.kawasaki.jp", "1.2.3.4", "localhost", "a.unknownzz", "b.s3.amazonaws.com", "xn--55qx5d.cn"),
    ],
)
def test_same_answers(host: str) -> None:
    assert registrable(host) == theirs(host)


@settings(max_examples=300, deadline=None)
@given(st.lists(LABEL, min_size=1, max_size=3), st.sampled_from(sorted(frozenset().union(*rules()))))
def test_same_answers_under_every_suffix(labels: list[str], suffix: str) -> None:
    host = ".".join([*labels, suffix])
    assert registrable(host) == theirs(host)


def test_suffix_of_an_address_is_empty() -> None:
    assert suffix_of("10.0.0.1") == ""
