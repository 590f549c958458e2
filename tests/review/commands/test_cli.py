"""What the command line says to the commonest slips."""

from __future__ import annotations

from click.testing import CliRunner

from review.cli import main
from review.commands._shared import USAGE


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    refused = CliRunner().invoke(main, ["asses", "page.html"])
    assert refused.exit_code == USAGE
    assert "'assess'" in refused.stderr
