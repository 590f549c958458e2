"""Bodies that others kept in chunks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.foreign import dechunk


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
def test_dechunk_undoes_chunks(parts: list[bytes]) -> None:
    chunked = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    assert dechunk(chunked + b"0\r\n\r\n") == b"".join(parts)
    assert dechunk(chunked) is None


@given(st.binary(max_size=60))
def test_dechunk_takes_anything(body: bytes) -> None:
    assert dechunk(b"<" + body) is None
    dechunk(body)
