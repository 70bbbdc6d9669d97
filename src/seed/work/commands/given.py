"""The variables that a service gets in a stage, ready for a build: values opened, references followed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.aws.port import Cloud
from seed.builds.find import running_services
from seed.builds.records import Build
from seed.connections.records import KnownPullRequest
from seed.connections.same_commit import is_commit
from seed.db.base import Database
from seed.db.vault import Vault
from seed.errors import Conflict, SeedError
from seed.frameworks.assembly import Assembly
from seed.variables.change import seal_place
from seed.variables.effective import Given, effective, marks_of, moved, said
from seed.variables.inject import inject, resolved, sealed_mark
from seed.variables.records import PLAIN, REFERENCES, SSM, VariableVersion
from seed.work.world import World


class VariableGone(Conflict):
    """A package was made with a variable that is not there any more."""

    code = "variable-gone"


class ReferenceSecure(SeedError):
    """A function's variable names a SecureString, which CloudFormation does not put into an environment."""

    code = "reference-secure"
    status = 422


@dataclass(frozen=True, slots=True)
class Variables:
    """`environment` is for the build's own commands."""

    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    """Values that no log may show."""


def given_to(world: World, stage: Stage, service: Service | None) -> tuple[Given, ...]:
    """With no service: those that all services have."""
    with world.database.read() as session:
        return tuple(effective(session, world.vault, stage, service))


def opened_for(cloud: Cloud, given: tuple[Given, ...]) -> Variables:
    """With the values that are kept in the account."""
    values = {one.name: _value(cloud, one) for one in given}
    return Variables(values, tuple(values[one.name] for one in given if one.kind != PLAIN))


def with_variables(assembly: Assembly, given: tuple[Given, ...]) -> tuple[Assembly, list[str]]:
    """The assembly whose functions have them; and the functions that cannot."""
    template, parameters, left = inject(assembly.template, assembly.parameters, given)
    return replace(assembly, template=template, parameters=parameters), left


def must_resolve(cloud: Cloud, template: Mapping[str, Any], given: tuple[Given, ...]) -> None:
    """Told now rather than when the stack fails; one that only builds are given may be secure."""
    written = json.dumps(template, ensure_ascii=False)
    for one in given:
        if one.kind == SSM and json.dumps(resolved(one), ensure_ascii=False) in written and cloud.is_secure(one.value):
            raise ReferenceSecure(
                f"The variable {one.name} names {one.value}, a SecureString: CloudFormation does not put one into a "
                "function's environment.",
                hint="Keep the value in Secrets Manager and set the variable to the secret's name, make the parameter "
                "a String, or let the function read the parameter itself.",
                where=one.name,
            )


def opened(database: Database, vault: Vault, parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters as AWS gets them: a value in place of each name of one. Only at the gateway."""
    found = {name: (value, sealed_mark(value)) for name, value in parameters.items()}
    if not any(mark for _value, mark in found.values()):
        return dict(parameters)
    with database.read() as session:
        return {name: _sealed(session, vault, mark) if mark else value for name, (value, mark) in found.items()}


def variables_moved(session: Session, run: Build) -> dict[int, str]:
    """Service id → what to say, of those whose variables are not what they were deployed with."""
    found = {}
    for service_id, row in running_services(session, run.stage_id, up_to=run.number - 1).items():
        service = session.get(Service, service_id)
        names = moved(row.variables, marks_of(session, run.stage, service))
        if names:
            found[service_id] = f"{said(names)} since build {row.build.number}"
    return found


def is_strangers(session: Session, build: Build) -> bool:
    """Whether the commit came in by a pull request from a fork, and nobody has merged it. What the stage of such a
    pull request has built stays a stranger's, also when the pull request has moved on or is closed.
    """
    stage = session.get_one(Stage, build.stage_id)
    at_head = is_commit(KnownPullRequest.head_commit, build.head_commit or build.commit)
    its_own = sa.and_(KnownPullRequest.number == stage.pull_request, KnownPullRequest.number > 0)
    found = sa.select(KnownPullRequest.id).where(
        KnownPullRequest.app_id == build.app_id,
        KnownPullRequest.from_fork,
        sa.or_(its_own, sa.and_(at_head, KnownPullRequest.state == "open")),
    )
    return session.scalar(found.limit(1)) is not None


def _value(cloud: Cloud, one: Given) -> str:
    return cloud.referenced(one.kind, one.value) if one.kind in REFERENCES else one.value


def _sealed(session: Session, vault: Vault, mark: tuple[int, int]) -> str:
    variable_id, version = mark
    sealed = session.scalar(
        sa.select(VariableVersion.sealed_value).where(
            VariableVersion.variable_id == variable_id, VariableVersion.number == version
        )
    )
    if sealed is None:
        raise VariableGone(
            "The package was made with a secret that is not stored any more.", hint="Build it again, then promote."
        )
    return vault.open(sealed, seal_place(variable_id, version))
