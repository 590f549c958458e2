"""`zhengshao doctor`: what this machine and this data directory lack."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import (
    FINE,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    json_option,
    load_config,
)

if TYPE_CHECKING:
    from config import Config

FREE_BYTES_WANTED = 5 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fix` says what to do when it is not fine."""

    what: str
    fine: bool
    found: str
    fix: str = ""


@click.command("doctor")
@config_option
@data_option
@json_option
def command(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Say what is missing for a whole night: browser, fonts, openssl, disk, store. Exit 1 when something is.

    \b
    zhengshao doctor --data /var/lib/zhengshao
    """
    config = load_config(config_dir, everything=True)
    findings = list(examine(config, data_directory(config, data_dir)))
    for finding in findings:
        if as_json:
            emit(asdict(finding))
        else:
            mark = click.style("好", fg="green") if finding.fine else click.style("缺", fg="red")
            click.echo(f"{mark}  {finding.what}:{finding.found}" + ("" if finding.fine else f"  → {finding.fix}"))
    sys.exit(FINE if all(finding.fine for finding in findings) else PROBLEMS)


def examine(config: Config, data: Path) -> Iterator[Finding]:
    yield _browser(config)
    yield _fonts()
    yield _openssl()
    yield _disk(data)
    yield _store(config, data)
    yield from _expiries(config)


def _browser(config: Config) -> Finding:
    from crawlers.browser import find_executable

    found = find_executable(config.settings.browser.executable)
    fix = "安装 chromium,或在 settings.toml 的 [browser] executable 写明路径;没有它,固证时没有截图"
    return Finding("浏览器", found is not None, str(found or "没有"), fix)


def _fonts() -> Finding:
    from review.packets.fonts import FontsMissing, choose

    try:
        body = choose()["body"]
    except FontsMissing:
        return Finding("中文字体", False, "没有", "安装 fonts-noto-cjk;没有它,公文会缺字")
    return Finding("中文字体", True, "、".join(body))


def _openssl() -> Finding:
    program = shutil.which("openssl")
    if program is None:
        return Finding("openssl", False, "没有", "安装 openssl;收件方可用它单独核验时间戳")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout.strip()
    return Finding("openssl", True, version)


def _disk(data: Path) -> Finding:
    place = next(parent for parent in (data, *data.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    fix = f"在 {place} 腾出空间,或另选 --data 目录"
    return Finding("磁盘", free >= FREE_BYTES_WANTED, f"{free / 1024**3:.0f} GiB 可用", fix)


def _store(config: Config, data: Path) -> Finding:
    from crawlers.records import StoreError
    from crawlers.store import SQLITE_FILE, Store, store_url

    if not config.settings.store.url and not (data / SQLITE_FILE).exists():
        return Finding("数据库", True, "还没有,第一次运行时建立")
    try:
        Store.open(store_url(data, config.settings.store.url)).close()
    except StoreError as error:
        return Finding("数据库", False, str(error), "zhengshao db upgrade")
    return Finding("数据库", True, "版本相符")


def _expiries(config: Config) -> Iterator[Finding]:
    """Allow-list entries past their date still work, but somebody must look at them again."""
    from datetime import UTC, datetime

    from config import expired

    late = list(expired(config, datetime.now(UTC).date()))
    if late:
        yield Finding("允许名单", False, f"{len(late)} 条已过期", "逐条复核后在 policy.toml 更新 expires")
