"""Heads and the ends of bodies, in whatever pieces they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.framing import (
    Body,
    ChunkedBody,
    FixedBody,
    FramingError,
    Head,
    OpenBody,
    request_body,
    response_body,
    status_of,
    stays_open,
    without_hop_headers,
)


def head(*lines: str, start: str = "HTTP/1.1 200 OK") -> Head:
    return Head(start.encode(), tuple(line.encode() for line in lines))


def chunked(parts: list[bytes]) -> bytes:
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nTrailer: x\r\n\r\n"


@given(
    st.lists(st.binary(min_size=1, max_size=50), max_size=6),
    st.lists(st.integers(1, 40), min_size=1),
    st.binary(max_size=9),
)
def test_a_chunked_body_ends_where_it_ends_however_it_is_cut(
    parts: list[bytes], cuts: list[int], behind: bytes
) -> None:
    stream = chunked(parts) + behind
    found: list[bytes] = []
    body = ChunkedBody(found.append)
    position = turn = taken = 0
    while not body.done:
        piece = stream[position : position + cuts[turn % len(cuts)]]
        used = body.take(piece)
        taken += used
        position += len(piece)
        turn += 1
        assert used == len(piece) or body.done
    assert taken == len(stream) - len(behind)
    assert b"".join(found) == b"".join(parts)


@pytest.mark.parametrize("line", [b"zz\r\n", b"-1\r\n", b"+1\r\n", b"1_0\r\n", b"0x10\r\n", b"1" * 5000])
def test_a_false_chunk_size_is_an_error(line: bytes) -> None:
    with pytest.raises(FramingError):
        ChunkedBody().take(line)


@given(st.integers(0, 100), st.lists(st.binary(max_size=30), max_size=10))
def test_a_fixed_body_takes_its_length(length: int, pieces: list[bytes]) -> None:
    body = FixedBody(length)
    taken = sum(body.take(piece) for piece in pieces)
    assert taken == min(length, sum(map(len, pieces)))
    assert body.done == (taken == length)


@pytest.mark.parametrize(
    ("lines", "status", "method", "kind"),
    [
        (("Content-Length: 5",), 200, b"GET", FixedBody),
        (("Content-Length: 5", "Content-Length: 5"), 200, b"GET", FixedBody),
        (("Content-Length: 5", "Content-Length: 6"), 200, b"GET", OpenBody),
        (("Content-Length: -5",), 200, b"GET", OpenBody),
        (("Transfer-Encoding: Chunked", "Content-Length: 5"), 200, b"GET", ChunkedBody),
        ((), 200, b"GET", OpenBody),
        (("Content-Length: 5",), 200, b"HEAD", Body),
        (("Content-Length: 5",), 304, b"GET", Body),
        (("Content-Length: 5",), 204, b"GET", Body),
    ],
)
def test_how_a_response_ends(lines: tuple[str, ...], status: int, method: bytes, kind: type[Body]) -> None:
    assert type(response_body(head(*lines), status, method)) is kind


def test_how_a_request_ends() -> None:
    assert request_body(head()).done
    assert not request_body(head("Content-Length: 3")).done
    assert isinstance(request_body(head("Transfer-Encoding: chunked")), ChunkedBody)
    with pytest.raises(FramingError):
        request_body(head("Content-Length: 3", "Content-Length: 4"))


@pytest.mark.parametrize(
    ("start", "lines", "expected"),
    [
        ("HTTP/1.1 200 OK", (), True),
        ("HTTP/1.1 200 OK", ("Connection: Close",), False),
        ("HTTP/1.0 200 OK", (), False),
        ("HTTP/1.0 200 OK", ("Connection: keep-alive",), True),
    ],
)
def test_who_keeps_the_connection(start: str, lines: tuple[str, ...], expected: bool) -> None:
    assert stays_open(head(*lines, start=start)) is expected


def test_heads_with_bare_line_feeds_are_read() -> None:
    assert Head.parse(b"HTTP/1.1 200 OK\nA: 1\r\nB: 2") == head("A: 1", "B: 2")


def test_hop_headers_stay_with_the_door() -> None:
    asked = head("Host: a.test", "proxy-authorization: x", "Connection: close", "Upgrade: h2c", "Accept: */*")
    assert without_hop_headers(asked) == (b"Host: a.test", b"Accept: */*")


@pytest.mark.parametrize("start", ["", "HTTP/2 200", "HTTP/1.1 20 OK", "ICY 200 OK", "\x00HTTP/1.1 200 OK"])
def test_what_is_no_status_line(start: str) -> None:
    with pytest.raises(FramingError):
        status_of(head(start=start))
