"""Which variables a service gets in a stage, and what changed since it was packaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.db.vault import Vault
from seed.variables.change import value_of
from seed.variables.records import REMOVED, Variable


@dataclass(frozen=True, slots=True)
class Given:
    """One variable as it counts. `value` is a name in AWS for a reference."""

    name: str
    kind: str
    variable_id: int
    version: int
    value: str

    @property
    def mark(self) -> str:
        return f"{self.variable_id}:{self.version}"


def effective(session: Session, vault: Vault, stage: Stage, service: Service | None) -> list[Given]:
    """The nearest place wins: the stage before the app, and in each, the service before all services."""
    chosen: dict[str, Variable] = {}
    for row in sorted(_rows(session, stage, service), key=_near):
        if row.kind != REMOVED:
            chosen[row.name] = row
    return [
        Given(name, row.kind, row.id, row.version, value_of(session, vault, row))
        for name, row in sorted(chosen.items())
    ]


def marks(given: Iterable[Given]) -> dict[str, str]:
    """Name → which variable in which version: what a package was made with, without a value in it."""
    return {one.name: one.mark for one in given}


def marks_of(session: Session, stage: Stage, service: Service | None) -> dict[str, str]:
    chosen = {
        row.name: f"{row.id}:{row.version}"
        for row in sorted(_rows(session, stage, service), key=_near)
        if row.kind != REMOVED
    }
    return dict(sorted(chosen.items()))


def moved(before: Mapping[str, str] | None, after: Mapping[str, str]) -> list[str]:
    """The names that are set, changed or gone since."""
    then = before or {}
    return sorted(name for name in {*then, *after} if then.get(name) != after.get(name))


def said(names: list[str]) -> str:
    """Which variables changed, in a sentence's beginning."""
    few = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")  # noqa: PLR2004, as shown
    return f"the variable {few} changed" if len(names) == 1 else f"the variables {few} changed"


def _rows(session: Session, stage: Stage, service: Service | None) -> list[Variable]:
    query = sa.select(Variable).where(
        Variable.app_id == stage.app_id,
        sa.or_(Variable.stage_id.is_(None), Variable.stage_id == stage.id),
        sa.or_(Variable.service_id.is_(None), Variable.service_id == (service.id if service else None)),
    )
    return list(session.scalars(query))


def _near(row: Variable) -> tuple[bool, bool]:
    return row.stage_id is not None, row.service_id is not None
