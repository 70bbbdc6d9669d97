"""Set or remove a variable: a new version, with who and when. The old ones stay, for what was deployed with them."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import App, Service, Stage
from seed.audit.record import record
from seed.db.base import ring
from seed.db.vault import Vault
from seed.errors import Conflict, Invalid, NotFound
from seed.masking import SHORTEST
from seed.people.actor import Actor
from seed.variables.records import KINDS, REFERENCES, REMOVED, SECRET, Variable, VariableVersion

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")
TAKEN = ("SEED_", "AWS_", "LAMBDA_", "_")
"""What Seed, AWS and Lambda set themselves."""
LONGEST = 4096
"""Of all variables of a function together, Lambda takes 4 KB."""
REFERENCE = re.compile(r"[A-Za-z0-9_.:/+=@-]{1,512}")


class StaysSecret(Conflict):
    """What is secret once is secret until it is removed."""

    code = "stays-secret"


def set_variable(
    session: Session, vault: Vault, actor: Actor, app: App, name: str, value: str, *,
    kind: str = "", stage: Stage | None = None, service: Service | None = None,
) -> Variable:  # fmt: skip
    """`kind` "" keeps what it is, and makes a new one plain. The same value again is no new version."""
    actor.must("admin")
    place = place_of(stage, service)
    row = _find(session, app, place, name)
    was = row.kind if row is not None and row.kind != REMOVED else ""
    kind = kind or was or KINDS[0]
    _check(name, value, kind)
    if was == SECRET and kind != SECRET:
        raise StaysSecret(f"{name} is secret, and stays so.", hint="Remove it first, then set it anew.", where=name)
    if row is None:
        row = Variable(
            app_id=app.id,
            stage_id=stage.id if stage else None,
            service_id=service.id if service else None,
            place=place,
            name=name,
            kind=kind,
            version=0,
        )
        session.add(row)
        session.flush()
    elif was == kind and value_of(session, vault, row) == value:
        return row
    _next(session, actor, row, kind)
    session.flush()
    newest = session.scalars(
        sa.select(VariableVersion).where(VariableVersion.variable_id == row.id, VariableVersion.number == row.version)
    ).one()
    newest.sealed_value = vault.seal(value, seal_place(row.id, row.version))
    _tell(session, actor, app, row, "variable.set", kind=kind)
    return row


def remove_variable(
    session: Session, actor: Actor, app: App, name: str, *, stage: Stage | None = None, service: Service | None = None
) -> None:
    actor.must("admin")
    row = _find(session, app, place_of(stage, service), name)
    if row is None or row.kind == REMOVED:
        raise NotFound(f"There is no variable {name!r} there.", hint="seed variable list shows them.")
    _next(session, actor, row, REMOVED)
    _tell(session, actor, app, row, "variable.removed")


def copy_variables(session: Session, vault: Vault, actor: Actor, app: App, source: Stage, to: Stage) -> int:
    """For a stage that is made by itself: what the chosen stage has, under the new stage's own seals."""
    found = session.scalars(sa.select(Variable).where(Variable.stage_id == source.id, Variable.kind != REMOVED)).all()
    for row in found:
        service = session.get(Service, row.service_id) if row.service_id else None
        value = value_of(session, vault, row)
        set_variable(session, vault, actor, app, row.name, value, kind=row.kind, stage=to, service=service)
    return len(found)


def place_of(stage: Stage | None, service: Service | None) -> str:
    where = f"stage:{stage.id}" if stage else "app"
    return f"{where}/service:{service.id}" if service else where


def seal_place(variable_id: int, version: int) -> str:
    """Bound into the seal: a value moved to another variable or version does not open."""
    return f"variable/{variable_id}/{version}"


def value_of(session: Session, vault: Vault, row: Variable, version: int = 0) -> str:
    """Of a version; 0 is the newest. A removed one has no value."""
    number = version or row.version
    sealed = session.scalar(
        sa.select(VariableVersion.sealed_value).where(
            VariableVersion.variable_id == row.id, VariableVersion.number == number
        )
    )
    return vault.open(sealed, seal_place(row.id, number)) if sealed else ""


def _find(session: Session, app: App, place: str, name: str) -> Variable | None:
    return session.scalar(
        sa.select(Variable).where(Variable.app_id == app.id, Variable.place == place, Variable.name == name)
    )


def _next(session: Session, actor: Actor, row: Variable, kind: str) -> None:
    row.version += 1
    row.kind = kind
    session.add(VariableVersion(variable_id=row.id, number=row.version, kind=kind, person=actor.name))


def _tell(session: Session, actor: Actor, app: App, row: Variable, action: str, **more: str) -> None:
    """The audit log and the pages hear the name, never the value."""
    where = {"stage": stage.name if (stage := session.get(Stage, row.stage_id or 0)) else "all"}
    if service := session.get(Service, row.service_id or 0):
        where["service"] = service.name
    record(session, actor.name, action, row.name, app_id=app.id, version=row.version, **where, **more)
    ring(session, f"app:{app.id}")


def _check(name: str, value: str, kind: str) -> None:
    if not NAME.fullmatch(name) or name.upper().startswith(TAKEN):
        raise Invalid(
            f"{name[:80]!r} cannot name a variable.",
            hint="A letter, then letters, digits and _; not beginning with SEED_, AWS_ or LAMBDA_.",
            where="name",
        )
    if kind not in KINDS:
        raise Invalid(f"There is no kind {kind!r} of variables.", hint=", ".join(KINDS), where="kind")
    if "\0" in value or len(value.encode()) > LONGEST:
        raise Invalid(f"The value of {name} is longer than 4 KB, or holds a NUL.", where=name)
    if kind == SECRET and len(value) < SHORTEST:
        raise Invalid(
            f"{name} is too short to be a secret.",
            hint=f"A log cannot be searched for less than {SHORTEST} letters.",
            where=name,
        )
    if kind in REFERENCES and not REFERENCE.fullmatch(value):
        raise Invalid(f"{value[:80]!r} is no name of a parameter or secret.", where=name)
