"""Tasks in the store: planned once, leased to a worker, ended in the transaction that keeps what they fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawlers.clock import utc_now
from crawlers.records import FetchProfile, Outcome, Task, TaskKind, TaskState
from crawlers.tables import tasks

OPEN = (TaskState.PLANNED, TaskState.LEASED)
GIVEN_UP = "too many attempts"


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """A task and how it stands; `outcome` is None while it has not ended."""

    task: Task
    state: TaskState
    outcome: Outcome | None
    reason: str
    owner: str


def plan(connection: Connection, wanted: Iterable[Task]) -> int:
    rows = [_row(task) for task in wanted]
    if not rows:
        return 0
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(tasks).on_conflict_do_nothing().returning(tasks.c.id)
    return len(connection.execute(statement, rows).all())


def bury(connection: Connection, night: str, max_attempts: int) -> None:
    """End tasks that were claimed `max_attempts` times and never ended: something about them kills their worker."""
    connection.execute(
        update(tasks)
        .where(tasks.c.night == night, tasks.c.attempts >= max_attempts, _claimable())
        .values(state=TaskState.DEAD, outcome=Outcome.FAILED, reason=GIVEN_UP, ended_at=utc_now(), lease_until="")
    )


def claim(
    connection: Connection, night: str, kinds: Iterable[TaskKind], *, limit: int, lease_seconds: float, owner: str
) -> list[Task]:
    found = connection.execute(
        select(tasks)
        .where(tasks.c.night == night, tasks.c.kind.in_(list(kinds)), _claimable())
        .order_by(tasks.c.priority.desc(), tasks.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    connection.execute(
        update(tasks)
        .where(tasks.c.id.in_([row.id for row in found]))
        .values(
            state=TaskState.LEASED,
            owner=owner,
            lease_until=utc_now(plus_seconds=lease_seconds),
            attempts=tasks.c.attempts + 1,
        )
    )
    return [_task(row, attempts=row.attempts + 1) for row in found]


def release(connection: Connection, night: str, owner: str | None = None) -> int:
    where = [tasks.c.night == night, tasks.c.state == TaskState.LEASED]
    if owner is not None:
        where.append(tasks.c.owner == owner)
    return _changed(connection.execute(update(tasks).where(*where).values(_UNLEASED)))


def release_all(connection: Connection) -> int:
    """Give back every leased task of every night: after a crash no worker is left."""
    statement = update(tasks).where(tasks.c.state == TaskState.LEASED).values(_UNLEASED)
    return _changed(connection.execute(statement))


def postpone(connection: Connection, night: str, source: str, until: str) -> int:
    """Give a source's open tasks back to the plan, to be claimed from `until` on; the try they had does not count."""
    these = tasks.c.night == night, tasks.c.source == source, tasks.c.state.in_(OPEN)
    tried = case((tasks.c.state == TaskState.LEASED, tasks.c.attempts - 1), else_=tasks.c.attempts)
    waiting = update(tasks).where(*these).values(**_UNLEASED, not_before=until, attempts=tried)
    return _changed(connection.execute(waiting))


def due(connection: Connection, night: str) -> str:
    """When the first of the tasks that wait for their source may be claimed; "" when none waits."""
    these = tasks.c.night == night, tasks.c.state.in_(OPEN), tasks.c.not_before > utc_now()
    return connection.scalar(select(func.min(tasks.c.not_before)).where(*these)) or ""


def give_up(connection: Connection, night: str, reason: str) -> int:
    """End the tasks that still wait for their source."""
    these = tasks.c.night == night, tasks.c.state.in_(OPEN), tasks.c.not_before > utc_now()
    ended = {"state": TaskState.DONE, "outcome": Outcome.FAILED, "reason": reason, "ended_at": utc_now()}
    return _changed(connection.execute(update(tasks).where(*these).values(**ended, lease_until="")))


def finish(connection: Connection, task_id: int, outcome: Outcome, reason: str) -> bool:
    """End one task; False when it was done already. A dead task may still be ended: its worker was only slow."""
    return finish_all(connection, [(task_id, outcome, reason)]) == 1


def finish_all(connection: Connection, ends: Iterable[tuple[int, Outcome, str]]) -> int:
    """End several tasks, as `finish` does; returns how many were not done before."""
    now = utc_now()
    rows = [{"ended": task_id, "how": outcome, "why": reason, "now": now} for task_id, outcome, reason in ends]
    return _changed(connection.execute(_FINISH, rows)) if rows else 0


_FINISH = (
    update(tasks)
    .where(tasks.c.id == bindparam("ended"), tasks.c.state != TaskState.DONE)
    .values(
        state=TaskState.DONE,
        outcome=bindparam("how"),
        reason=bindparam("why"),
        ended_at=bindparam("now"),
        lease_until="",
    )
)


def done_among(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Which of these tasks are done."""
    statement = select(tasks.c.id).where(tasks.c.id.in_(list(ids)), tasks.c.state == TaskState.DONE)
    return set(connection.scalars(statement))


def waiting(connection: Connection, night: str, kinds: Iterable[TaskKind] | None) -> int:
    where = [tasks.c.night == night, tasks.c.state.in_(OPEN)]
    if kinds is not None:
        where.append(tasks.c.kind.in_(list(kinds)))
    return connection.scalar(select(func.count()).select_from(tasks).where(*where)) or 0


def statuses(
    connection: Connection,
    *,
    night: str | None = None,
    kinds: Iterable[TaskKind] | None = None,
    states: Iterable[TaskState] | None = None,
    ids: Iterable[int] | None = None,
) -> list[TaskStatus]:
    statement = select(tasks).order_by(tasks.c.id)
    if night is not None:
        statement = statement.where(tasks.c.night == night)
    for column, values in ((tasks.c.kind, kinds), (tasks.c.state, states), (tasks.c.id, ids)):
        if values is not None:
            statement = statement.where(column.in_(list(values)))
    return [_status(row) for row in connection.execute(statement)]


_UNLEASED = {"state": TaskState.PLANNED, "owner": "", "lease_until": ""}


def _claimable() -> Any:
    expired = and_(tasks.c.state == TaskState.LEASED, tasks.c.lease_until < utc_now())
    due = tasks.c.not_before <= utc_now()
    return and_(tasks.c.state.in_(OPEN), or_(and_(tasks.c.state == TaskState.PLANNED, due), expired))


def _changed(result: CursorResult[Any]) -> int:
    return result.rowcount


def _row(task: Task) -> dict[str, Any]:
    return {
        "night": task.night,
        "kind": task.kind,
        "source": task.source,
        "target": task.target,
        "profile": task.profile,
        "page": task.page,
        "referrer": task.referrer,
        "origin": task.origin,
        "priority": task.priority,
        "round": task.round,
        "state": TaskState.PLANNED,
        "planned_at": utc_now(),
    }


def _task(row: Row[Any], *, attempts: int) -> Task:
    return Task(
        night=row.night,
        kind=TaskKind(row.kind),
        source=row.source,
        target=row.target,
        profile=FetchProfile(row.profile),
        page=row.page,
        referrer=row.referrer,
        priority=row.priority,
        round=row.round,
        origin=row.origin,
        id=row.id,
        attempts=attempts,
    )


def _status(row: Row[Any]) -> TaskStatus:
    outcome = Outcome(row.outcome) if row.outcome else None
    return TaskStatus(_task(row, attempts=row.attempts), TaskState(row.state), outcome, row.reason, row.owner)
