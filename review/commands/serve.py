"""`zhengshao serve`: the review desk."""

from __future__ import annotations

from pathlib import Path

import click

from review.commands._shared import config_option, data_option, fail, load_config, open_store, say
from review.strings import SERVE_AT, SERVE_NOBODY


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Instead of [listen] port; captured material on the next.")
@config_option
@data_option
def command(port: int | None, config_dir: Path | None, data_dir: Path | None) -> None:
    """Serve the review desk until interrupted, captured material on an origin of its own.

    \b
    zhengshao user add zhangsan --role analyst
    zhengshao serve
    zhengshao serve --data demo-data --port 8700
    """
    from review.desk import accounts
    from review.web.serving import prepare, serve

    config = load_config(config_dir, everything=True)
    store, data = open_store(config_dir, data_dir)
    with store.read() as connection:
        if not accounts.count(connection):
            fail(SERVE_NOBODY)
    served = prepare(config, store, data, port=port)
    say(SERVE_AT.format(url=served.url))
    serve(served)
