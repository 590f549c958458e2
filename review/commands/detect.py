"""`zhengshao detect`: judge what was kept and not yet judged by the present detectors and rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from review.commands._shared import FINE, PARTIAL, config_option, data_option, emit, fail, json_option, load_config


@click.command()
@config_option
@data_option
@json_option
def command(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Judge every capture and listing that the present detectors and rules have not judged yet.

    \b
    zhengshao detect                  after changing wording.toml: everything is judged again, nothing fetched
    zhengshao detect --data DIR --json
    """
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.records import StoreError
    from crawlers.store import Store, store_url
    from detectors.context import Context
    from detectors.judge import judge_pending
    from review.linking import linking_key

    config = load_config(config_dir)
    data = data_dir or config.settings.office.data_dir
    try:
        store = Store.open(
            store_url(data, config.settings.store.url),
            busy_timeout_seconds=config.settings.store.busy_timeout_seconds,
        )
    except StoreError as error:
        fail(str(error))
    try:
        context = Context.build(config, key=linking_key(data))
        archive = Archive(data / "archive", gzip_level=config.settings.archive.gzip_level)
        report = judge_pending(store, archive, context, blobs=BlobStore(data / "blobs"))
    finally:
        store.close()
    if as_json:
        emit({"judged": report.judged, "flagged": report.flagged, "errors": report.errors})
    else:
        click.echo(f"已识别 {report.judged} 份，预警 {report.flagged} 份，出错 {report.errors} 处")
    sys.exit(PARTIAL if report.errors else FINE)
