"""The server itself: slow senders hold nobody up (W12), and only the office's own proxy is believed (W14)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from review.web import serving
from tests.review.web.office import office

PATIENCE_SECONDS = 60


@contextmanager
def running(folder: Path, **listen: Any) -> Iterator[int]:
    """The desk on a free port of its own."""
    with office(folder, listen={"evidence_port": 0, **listen}) as desk:
        config = desk.config.replaced(
            "web",
            desk.config.web.model_copy(update={"listen": desk.config.web.listen.model_copy(update={"port": 0})}),
        )
        served = serving.prepare(config, desk.store, desk.data)
        thread = threading.Thread(target=served.desk.run, daemon=True)
        thread.start()
        try:
            yield int(served.desk.effective_port)
        finally:
            served.desk.trigger.pull_trigger(lambda: ended(served.desk))  # done by the thread that serves
            thread.join(PATIENCE_SECONDS)
            ended(served.captured)


def ended(server: Any) -> None:
    for channel in list(server.active_channels.values()):
        channel.close()
    server.close()
    server.task_dispatcher.shutdown()


def connected(port: int, head: str) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    opened.sendall(head.replace("\n", "\r\n").encode("ascii"))
    return opened


def asked(port: int, *more: str, host: str = "127.0.0.1") -> str:
    """Head of the answer to a request for the sign-in page."""
    lines = ["GET /login HTTP/1.1", f"Host: {host}", "Connection: close", *more, "", ""]
    with connected(port, "\n".join(lines)) as opened:
        answer = b""
        while piece := opened.recv(65536):
            answer += piece
    return answer.partition(b"\r\n\r\n")[0].decode("latin-1")


def test_slow_uploads_hold_nobody_up(tmp_path: Path) -> None:
    """More senders than threads, each of a body that never comes: others are served all the same."""
    threads = 2
    kind = "Content-Type: multipart/form-data; boundary=x"
    head = f"POST /report HTTP/1.1\nHost: 127.0.0.1\n{kind}\nContent-Length: 900000\n\n--x"
    with running(tmp_path, threads=threads) as port, ExitStack() as slow:
        senders = [slow.enter_context(connected(port, head)) for _ in range(threads + 3)]
        for _ in range(2):
            assert asked(port).startswith("HTTP/1.1 200")
            for sender in senders:
                sender.sendall(b"-")
        with connected(port, head.replace("900000", "99999999999")) as greedy:
            assert greedy.recv(64).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(("proxy", "believed"), [("192.0.2.1", False), ("127.0.0.1", True)])
def test_only_the_offices_proxy_is_believed(tmp_path: Path, proxy: str, believed: bool) -> None:
    told = ("X-Forwarded-Proto: https", "X-Forwarded-Host: desk.example", "X-Forwarded-For: 198.51.100.7")
    with running(tmp_path, url="https://desk.example", trusted_proxy=proxy) as port:
        answer = asked(port, *told, host="desk.example")
    assert answer.startswith("HTTP/1.1 200")
    assert ("Strict-Transport-Security" in answer) is believed
