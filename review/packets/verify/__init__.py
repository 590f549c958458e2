"""The verifier of packets: standard library alone, Python 3.8 or later, joined into one `verify.py` per packet.

`verify(path, trust)` judges a packet and never raises for what the file holds.
"""

from __future__ import annotations

from review.packets.verify.report import lines, main, verify

__all__ = ["lines", "main", "verify"]
