"""Compatibility reports of an app's services, and of one whose package step has failed. Nothing is edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from seed import spec
from seed.apps.find import app_of, services_of
from seed.apps.records import Service, Stage
from seed.errors import SeedError
from seed.frameworks.assembly import FoundService
from seed.frameworks.compat import Problem, Report, read_sources, report
from seed.masking import Masker
from seed.people.actor import Actor
from seed.variables.effective import marks_of
from seed.work.commands.environment import NAMES
from seed.work.secrets import masker
from seed.work.source.checkout import found as found_of
from seed.work.source.services import tree_of
from seed.work.world import World


def check(world: World, actor: Actor, slug: str, commit: str = "") -> list[Report]:
    """Every service of the app at a commit, branch or tag, with the variables of its first stage; "" is the head of
    the app's branch.
    """
    return check_all(world, actor, slug, commit)[0]


def lint(world: World, actor: Actor, slug: str, commit: str = "") -> list[spec.Problem]:
    """What is wrong with the build spec there."""
    with tree_of(world, actor, slug, commit) as tree:
        return _spec_problems(tree, masker(world))


def check_all(world: World, actor: Actor, slug: str, commit: str = "") -> tuple[list[Report], list[spec.Problem]]:
    """Both."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        rows = services_of(session, app.id, None)
        stage = session.scalars(sa.select(Stage).where(Stage.app_id == app.id).order_by(Stage.position)).first()
        names = {row.id: set(marks_of(session, stage, row)) if stage else set() for row in rows}
    masked = masker(world)
    with tree_of(world, actor, slug, commit) as tree:
        reports = [reported(tree, found_of(row), names[row.id] | NAMES, masked) for row in rows]
        return reports, _spec_problems(tree, masked)


def _spec_problems(tree: Path, masked: Masker) -> list[spec.Problem]:
    """None where there is no file, or a link in its place: a build does not follow that either."""
    file = tree / spec.FILE
    if file.is_symlink() or not file.is_file():
        return []
    found = spec.problems(file.read_bytes().decode(errors="replace"))
    return [replace(one, sentence=masked(one.sentence)) for one in found]


def reported(tree: Path, service: FoundService, environment: Iterable[str], masked: Masker) -> Report:
    """What cannot be read is a problem like others."""
    try:
        made = report(read_sources(tree, service, environment))
    except SeedError as error:
        made = Report(service.name, "", "", (Problem(error.code, error.sentence, error.hint, error.where),), "")
    problems = tuple(replace(one, sentence=masked(one.sentence), fix=masked(one.fix)) for one in made.problems)
    return replace(made, problems=problems, diff="\n".join(map(masked, made.diff.split("\n"))))


def with_report(
    error: SeedError, tree: Path, service: Service, environment: Iterable[str], masked: Masker
) -> SeedError:
    """The error of a failed package step, with what is known to stop the service. Never an error of its own."""
    try:
        made = reported(tree, found_of(service), {*environment, *NAMES}, masked)
    except Exception:  # noqa: BLE001, the failure itself must be told
        return error
    if not made.fits:
        error.report = made.as_dict()
    return error
