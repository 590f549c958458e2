"""An import that is killed at any point leaves nothing of its file, and the same file is then taken whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawlers.agreement import audit
from crawlers.imports import tips
from crawlers.recovery import recover
from tests.crawlers.imports.packing import wacz
from tests.crawlers.keeping import house

CODE = """
import sys
from pathlib import Path
from tests.crawlers.keeping import house
with house(Path(sys.argv[1])) as made:
    made.intake().take(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("point", ["import-after-fsync", "import-before-commit"])
def test_a_killed_import_leaves_nothing(tmp_path: Path, root: Path, point: str) -> None:
    path, data = tmp_path / "x.wacz", tmp_path / "data"
    path.write_bytes(wacz())
    environment = {**os.environ, "ZHENGSHAO_CRASH_AT": point, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", CODE, str(data), str(path)]
    ended = subprocess.run(command, env=environment, start_new_session=True, check=False, timeout=120)
    assert ended.returncode == -9
    with house(data) as made:
        recover(made.store, made.archive)
        assert list(made.store.captures()) == []
        with made.store.read() as connection:
            assert tips.listed(connection) == []
        assert made.intake().take(path).captures == (1,)
        assert audit(made.store, made.archive) == []
