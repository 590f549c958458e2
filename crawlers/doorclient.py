"""What a child process knows of the door: where it is, and the keys it was given."""

from __future__ import annotations

import base64
import http.client
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from crawlers.records import CrawlError

DOOR = "ZHENGSHAO_DOOR"
KEYS = "ZHENGSHAO_DOOR_KEY"
CONTROL_URL = "http://door.invalid/-/peer"
_TIMEOUT_SECONDS = 10


class DoorDown(CrawlError):
    """The door does not answer, or there is none: nothing can be fetched, and no site is to blame."""


class NoKey(CrawlError):
    """This process may not pass the door as that component; whatever asks as another still may."""


@dataclass(frozen=True, slots=True)
class DoorClient:
    """`keys` maps a component to its secret; the first is who this process is unless it says otherwise."""

    proxy: str
    keys: Mapping[str, str]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> DoorClient:
        """`ZHENGSHAO_DOOR_KEY` holds `component:secret`, several separated by blanks."""
        proxy, keys = environment.get(DOOR, ""), environment.get(KEYS, "")
        if not proxy or not keys:
            raise DoorDown(f"{DOOR} and {KEYS} are not set: start this process through the night or `run_spider`")
        return cls(proxy, dict(key.split(":", 1) for key in keys.split()))

    @property
    def key(self) -> tuple[str, str]:
        """Component and secret: user name and password for a browser."""
        return next(iter(self.keys.items()))

    @property
    def headers(self) -> dict[str, str]:
        return self.headers_for(self.key[0])

    def headers_for(self, component: str) -> dict[str, str]:
        """Raises NoKey when this process has no key of that component."""
        secret = self.keys.get(component)
        if secret is None:
            raise NoKey(f"no key for the component {component!r}: the parent must pass it to Door.environment()")
        token = base64.b64encode(f"{component}:{secret}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {token}"}

    def peer(self, host: str, port: int) -> str:
        """The `address:port` the door last dialled for this target; empty when it never did."""
        where = urlsplit(self.proxy)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_TIMEOUT_SECONDS)
        try:
            query = urlencode({"host": host, "port": port})
            connection.request("GET", f"{CONTROL_URL}?{query}", headers=self.headers)
            return connection.getresponse().read().decode("ascii")
        except OSError as error:
            raise DoorDown(f"the door at {self.proxy} does not answer: {error}") from error
        finally:
            connection.close()
