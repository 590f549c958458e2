"""`zhengshao retention`: what is old and needed by nobody, and letting it go."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from review.commands._shared import (
    LOCKED,
    PROBLEMS,
    config_option,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    open_store,
    say,
)


@click.command("retention")
@click.option("--apply", "carry_out", is_flag=True, help="Remove what the preview lists; without it nothing changes.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who removes, for the audit log.")
@config_option
@data_option
@json_option
def command(carry_out: bool, actor: str, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List what is older than [retention] days and needed by no case, packet or reference; --apply removes it.

    Bytes go, hashes stay: rows and custody lines are kept, tombstones stand in the archive, and each removal has a
    custody line of its own. Logs and look-ups of that age go too, checkpoints never.

    \b
    zhengshao retention
    zhengshao retention --apply
    """
    from crawlers.records import CrawlError
    from review.errors import NightLocked
    from review.retention import preview, remove
    from review.strings import RETENTION_DONE, RETENTION_PREVIEW

    config = load_config(config_dir)
    store, data = open_store(config_dir, data_dir)
    try:
        planned = preview(config, store, data)
        if carry_out:
            remove(store, data, planned, actor)
    except NightLocked as error:
        fail(error, LOCKED)
    except CrawlError as error:
        fail(error, PROBLEMS)
    labels = [f"C-{number:08d}" for number in planned.captures]
    counts = {"lookups": len(planned.lookups), "logs": list(planned.logs), "bytes": planned.bytes}
    if as_json:
        emit({"before": planned.before, "removed": carry_out, "captures": labels, "needed": planned.needed, **counts})
        return
    for label in labels:
        click.echo(label)
    words = RETENTION_DONE if carry_out else RETENTION_PREVIEW
    say(
        words.format(
            before=planned.before[:10],
            captures=len(labels),
            needed=planned.needed,
            lookups=len(planned.lookups),
            logs=len(planned.logs),
            bytes=planned.bytes,
        )
    )
