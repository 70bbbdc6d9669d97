"""Go through the services of a build phase by phase; within a phase side by side.

Before each phase the rows are asked, not the memory of this run: a phase before it that did not go well keeps it
from beginning, also where that was before a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from seed.apps.records import Service
from seed.builds.phases import in_phases, why_skipped
from seed.builds.records import ServiceBuild
from seed.work import rows
from seed.work.world import World


def run_phases(
    world: World,
    build_id: int,
    todo: Sequence[ServiceBuild],
    run_one: Callable[[ServiceBuild], None],
    *,
    back: bool = False,
    held: Callable[[], bool] = lambda: False,
) -> None:
    """`held` says whether what has not begun shall stay as it is, for its caller to deal with."""
    for phase, group in in_phases(todo, lambda row: row.phase, back=back):
        failed = not_well(world, build_id, but=phase)
        if failed is not None:
            rows.skip_waiting(world, build_id, why_skipped(*failed))
            return
        if held():
            return
        with ThreadPoolExecutor(world.settings.services_at_once) as pool:
            list(pool.map(run_one, group))


def not_well(world: World, build_id: int, *, but: int) -> tuple[int, list[str]] | None:
    """A phase in which services failed or were cancelled, with their names; `but` is the phase at hand."""
    query = (
        sa.select(ServiceBuild.phase, Service.name)
        .join(Service, Service.id == ServiceBuild.service_id)
        .where(
            ServiceBuild.build_id == build_id,
            ServiceBuild.state.in_(("failed", "cancelled")),
            ServiceBuild.phase != but,
        )
        .order_by(ServiceBuild.phase)
    )
    with world.database.read() as session:
        found = [(phase, name) for phase, name in session.execute(query)]
    return (found[0][0], [name for phase, name in found if phase == found[0][0]]) if found else None
