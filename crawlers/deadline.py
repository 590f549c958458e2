"""Questions through the door with one limit for each as a whole.

A socket's own limit is for one read: whoever sends a byte every few seconds never meets it. Here the connection is cut
off when the time is over, in whatever it is then: the tunnel, the handshake, a head, a body.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol
from urllib.parse import urlsplit

MAX_ANSWER_BYTES = 1 << 20
_READ_BYTES = 1 << 16


class Proxied(Protocol):
    """What is needed of a `DoorClient`."""

    @property
    def proxy(self) -> str: ...
    def headers_for(self, component: str) -> dict[str, str]: ...


@contextmanager
def line_to(door: Proxied, seconds: float) -> Iterator[socket.socket]:
    """A connection to the door, good for so long. What breaks in the block because time was over is a TimeoutError."""
    where, over = urlsplit(door.proxy), threading.Event()
    place = (where.hostname or "", where.port or http.client.HTTP_PORT)
    with socket.create_connection(place, seconds) as line, line.dup() as held:  # TLS takes the first one over

        def cut() -> None:
            over.set()
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

        line.settimeout(2 * seconds)  # for one read, which the timer ends before, with what has come
        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield line
        except (OSError, http.client.HTTPException) as error:
            if over.is_set() or isinstance(error, TimeoutError):
                raise _too_slow(seconds) from error
            raise
        finally:
            timer.cancel()
            timer.join()
        if over.is_set():  # to who reads until the end, the cut looked like one
            raise _too_slow(seconds)


def _too_slow(seconds: float) -> TimeoutError:
    return TimeoutError(f"not answered in full within {seconds:g} s")


def tunnel(line: socket.socket, host: str, port: int, headers: Mapping[str, str]) -> None:
    """From here on the line leads to `host`. Raises OSError with the door's word when it does not."""
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", *(f"{name}: {said}" for name, said in headers.items())]
    line.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):  # and not a byte more: what comes behind it is the other side's
        byte = line.recv(1)
        if not byte:
            raise ConnectionResetError("the door closed the connection")
        head += byte
    said = bytes(head).decode("latin-1").partition("\r\n")[0].partition(" ")[2]
    if not said.startswith(f"{http.client.OK:d} "):
        raise OSError(f"no way to {target}: {said}")


def read_into(received: bytearray, answer: http.client.HTTPResponse) -> None:
    """What an answer holds, as it comes: what is there stays there when the rest never does. It ends one part after
    `MAX_ANSWER_BYTES`."""
    while len(received) <= MAX_ANSWER_BYTES and (part := answer.read1(_READ_BYTES)):
        received += part
