"""The version of the database: one branch of Alembic migrations per floor, upgraded bottom floor first.

`<floor>/migrations/versions/<revision>.py`, revision `<floor>_0001`, `<floor>_0002`, … in a straight line; the first of
a floor has `branch_labels = ("<floor>",)`, and none has `depends_on`: the order of floors is enough, and with it
Alembic would no longer note the lower floor's revision. A floor that is not installed has no folder and is left
out. The heads are read off the file names, so that opening a store does not import Alembic.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, inspect, select, table

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

FLOORS = ("crawlers", "detectors", "review")
HOUSE = Path(__file__).parent.parent
UPGRADE = "run `zhengshao db upgrade`"


def versions_folder(floor: str) -> Path:
    return HOUSE / floor / "migrations" / "versions"


def heads() -> dict[str, str]:
    """Newest revision of each floor that has migrations."""
    found = {floor: sorted(path.stem for path in versions_folder(floor).glob(f"{floor}_*.py")) for floor in FLOORS}
    return {floor: revisions[-1] for floor, revisions in found.items() if revisions}


def current(connection: Connection) -> set[str]:
    """Revisions of the installed floors that the database is at; empty for a database that is not ours yet."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    found = connection.scalars(select(column("version_num", String)).select_from(table("alembic_version"))).all()
    return {revision for revision in found if revision.partition("_")[0] in heads()}


def difference(connection: Connection) -> str:
    """Why this code may not use this database, with what to do; empty when it may."""
    present, wanted = current(connection), set(heads().values())
    if present == wanted:
        return ""
    if not present:
        return f"the database has no tables of this program: {UPGRADE}"
    unknown = sorted(present - wanted - _known())
    if unknown:
        return f"the database is newer than this program (it has {', '.join(unknown)}): install the newer program"
    return f"the database is older than this program (lacks {', '.join(sorted(wanted - present))}): {UPGRADE}"


def _known() -> set[str]:
    return {path.stem for floor in FLOORS for path in versions_folder(floor).glob(f"{floor}_*.py")}


def alembic_config(connection: Connection) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(HOUSE / "crawlers" / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(versions_folder(floor)) for floor in heads()))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring every installed floor to its head, inside the caller's transaction."""
    from alembic import command

    config = alembic_config(connection)
    for floor in heads():
        command.upgrade(config, f"{floor}@head")
