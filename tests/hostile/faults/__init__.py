"""What sites do wrong, one class each."""

from tests.hostile.faults import answers, network, pages, sites, traps

__all__ = ["answers", "network", "pages", "sites", "traps"]
