"""How much memory this process holds, for the limit at which a run stops."""

from __future__ import annotations

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")


class Memory(MemoryUsage):
    """Scrapy's, by the peak of this program alone.

    On Linux the number Scrapy reads (`ru_maxrss`) begins at the peak of the parent, which survives fork and exec: after
    a night's large detection every spider would stop at once.
    """

    def get_virtual_size(self) -> int:
        """Bytes (proc(5), VmHWM); Scrapy's own number where the system does not tell."""
        try:
            lines = _STATUS.read_text(encoding="ascii").splitlines()
        except OSError:
            return super().get_virtual_size()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))
