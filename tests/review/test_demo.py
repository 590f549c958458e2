"""The packaged practice web from the first search to verified packets, as a newcomer runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import review.demo
import review.night
from crawlers.practice import World, read_truth
from crawlers.practice.spawn import PACKAGED
from review.cli import main
from review.packets.verify import verify


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "review.cli", "demo", "--json", "--data", str(data)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=540, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout), data


def test_no_innocent_is_accused_and_nearly_all_planted_are_found(night: tuple[dict[str, Any], Path]) -> None:
    report, _ = night
    planted = {line.subject for line in read_truth(PACKAGED) if line.verdict == "flag"}
    assert report["planted"] == len(planted)
    assert set(report["found"]) | set(report["missed"]) == planted
    assert report["accused"] == []
    assert len(report["found"]) >= 0.9 * len(planted)


def test_blocked_sources_are_degraded_and_the_others_not(night: tuple[dict[str, Any], Path]) -> None:
    report, _ = night
    degraded = {source for source, verdict in report["sources"].items() if verdict == "降级"}
    assert degraded == {line.subject for line in read_truth(PACKAGED) if line.verdict == "降级"}
    assert "失败" not in report["sources"].values()


def test_a_classified_site_is_read_by_the_generic_profile(night: tuple[dict[str, Any], Path]) -> None:
    report, _ = night
    planted = {line.subject for line in read_truth(PACKAGED) if line.verdict == "flag"}
    of_site = {subject for subject in planted if subject.startswith("listing_html:")}
    assert len(of_site) == 2
    assert of_site <= set(report["found"])
    assert report["sources"]["listing_html"] == "正常"


def test_packets_to_all_three_recipients_verify(night: tuple[dict[str, Any], Path]) -> None:
    report, data = night
    agencies = set()
    for packet in report["packets"]:
        result = verify(packet, str(data / "trust"))
        assert result["verdict"] == "valid", result
        agencies.add(_agency(packet))
    assert agencies == {"cac", "market", "police"}


def _agency(packet: str) -> str:
    import zipfile

    with zipfile.ZipFile(packet) as file:
        return str(json.loads(file.read("manifest.json"))["agency"])


def test_demo_and_nightly_run_the_same_night(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They differ in exactly the host map, the trust and the data directory, when the office is the same."""
    seen: list[dict[str, Any]] = []

    class Stopped(Exception):
        pass

    def record(config: Any, world: World, data: Path, *, config_dir: Path | None, say: Any) -> None:
        parts = {part: getattr(config, part) for part in ("settings", "crawl", "queries", "policy", "official")}
        seen.append({"config": parts, "config_dir": config_dir, "world": world, "data": data})
        raise Stopped

    monkeypatch.setattr(review.demo, "run_night", record)
    monkeypatch.setattr(review.night, "run_night", record)
    office = str(PACKAGED / "office")
    nightly_there = ["nightly", "--config", office, "--data", str(tmp_path / "b")]
    for arguments in (["demo", "--data", str(tmp_path / "a")], nightly_there):
        assert isinstance(CliRunner().invoke(main, arguments).exception, Stopped)
    demo, nightly = seen
    assert demo["config"] == nightly["config"]
    assert str(demo["config_dir"]) == office
    assert demo["config_dir"] == nightly["config_dir"]
    assert nightly["world"] == World.real()
    assert demo["world"].host_map
    assert demo["data"] != nightly["data"]
