"""What a run's memory limit is held against."""

from __future__ import annotations

import subprocess
import sys

import pytest

PARENT = """
import subprocess, sys
large = bytearray(300 << 20)
print(subprocess.run([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True).stdout)
"""
CHILD = """
import resource
from scrapy.utils.test import get_crawler
from crawlers.memory import Memory
print(Memory(get_crawler()).get_virtual_size() >> 20, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the parent's peak")
def test_a_child_is_not_charged_for_its_parent() -> None:
    said = subprocess.run([sys.executable, "-c", PARENT, CHILD], check=True, capture_output=True, text=True).stdout
    ours, theirs = map(int, said.split())
    assert ours < 200
    assert theirs > 300, "the system has changed: Scrapy's own number is right again"
