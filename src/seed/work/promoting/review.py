"""What a review shows beside the change sets: the commits that come along, and how dangerous it is in all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from seed.builds.records import Build
from seed.changesets import ChangeSet, Finding, Severity, from_json, headline
from seed.git import Commit, compare_link
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.verdicts import Said, left_to_read, needs_reading, said_of, verdicts_in_force
from seed.work.source.commits import shown
from seed.work.world import World


def change_set_of(plan: ServicePlan) -> ChangeSet | None:
    return from_json(plan.changes) if plan.changes else None


def severity_of(promotion: Promotion) -> Severity:
    """The worst of all services."""
    levels = [change_set.severity for plan in promotion.plans if (change_set := change_set_of(plan))]
    return max(levels, default=Severity.ROUTINE)


def dangerous(world: World, promotion: Promotion) -> bool:
    """Whether confirming asks for the stage's name: something dangerous is in it that nobody has accepted."""
    return any(left_to_read(*one) >= Severity.DANGER for one in _said(world, promotion))


def must_be_read(world: World, promotion: Promotion) -> bool:
    """False: one click is enough. A stage may want every promotion read."""
    return promotion.target_stage.always_review or any(needs_reading(*one) for one in _said(world, promotion))


def _said(world: World, promotion: Promotion) -> list[tuple[ChangeSet, list[Said]]]:
    return [one for plan, one in _with_plans(world, promotion) if plan.state != "unchanged"]


def _with_plans(world: World, promotion: Promotion) -> list[tuple[ServicePlan, tuple[ChangeSet, list[Said]]]]:
    with world.database.read() as session:
        verdicts = verdicts_in_force(session, promotion.app_id)
    found = [(plan, change_set_of(plan)) for plan in promotion.plans]
    return [(plan, (changes, said_of(plan.service.name, changes, verdicts))) for plan, changes in found if changes]


def headline_of(promotion: Promotion) -> str:
    """What confirming does: a line for each service, worst first, the unchanged ones left out."""
    stage = promotion.target_stage.name
    planned = [(plan, change_set_of(plan)) for plan in promotion.plans if plan.state != "unchanged"]
    changed = sorted(((plan, one) for plan, one in planned if one), key=lambda found: -found[1].severity)
    told = [(plan.service.name, headline(one, stage)) for plan, one in changed]
    alone = len(promotion.plans) == 1
    return "\n".join(said if alone else f"{name}: {said}" for name, said in told) or f"Nothing changes in {stage}."


def read_out(world: World, promotion: Promotion, how: Callable[[ChangeSet, str], str], mark: str = "") -> str:
    """The whole review as text, service by service, worst first; what was said of a finding stands with it."""
    parts = [
        f"{mark}{plan.service.name}\n\n{how(with_verdicts(changes, said), promotion.target_stage.name).strip()}\n"
        for plan, (changes, said) in sorted(_with_plans(world, promotion), key=lambda found: -found[1][0].severity)
    ]
    return "\n".join(parts)


def with_verdicts(changes: ChangeSet, said: list[Said]) -> ChangeSet:
    """Accepted findings last and routine; each says who accepted it until when, or thinks it wrong."""
    findings = sorted((_spoken(one) for one in said), key=lambda one: -one.severity)
    return replace(changes, findings=tuple(findings))


def _spoken(one: Said) -> Finding:
    verdict = one.verdict
    if verdict is None:
        return one.finding
    until = f" until {verdict.until:%d %b %Y}" if verdict.until else ""
    what = "Accepted" if one.accepted else "Marked as wrong"
    said = f"{one.finding.sentence} {what} by {verdict.person}{until}: {verdict.reason}"
    return replace(one.finding, sentence=said, severity=Severity.ROUTINE if one.accepted else one.finding.severity)


def repackaged(plan: ServicePlan) -> str:
    """Why its package is not the one that was made beside the build; "" where it is."""
    if plan.promotion.kind == "rollback":
        return ""
    made = (one for one in plan.source.downstream if one.stage_id == plan.promotion.target_stage_id)
    return next((one.reason for one in made if one.digest == plan.package_digest), "")


MOST_COMMITS = 50
"""So many are told; of more, the newest."""


def commits_between(world: World, promotion: Promotion, limit: int = MOST_COMMITS) -> tuple[list[Commit], str]:
    """Newest first, what is new since the target's working build; and the forge's page that compares them."""
    before = _running_commit(world, promotion)
    after = promotion.source_build.commit
    mirror = world.mirror(promotion.app)
    if not (mirror.folder / "HEAD").exists():
        return [], ""
    back = promotion.kind == "rollback" and before is not None
    since, until = (after, before) if back and before else (before, after)
    commits = [] if since == until else shown(world, mirror.log(since, until, limit))
    link = compare_link(promotion.app.repository, since, until) if since else None
    return commits, link or ""


def _running_commit(world: World, promotion: Promotion) -> str | None:
    with world.database.read() as session:
        return session.scalar(
            sa.select(Build.commit)
            .where(
                Build.stage_id == promotion.target_stage_id,
                Build.state == "succeeded",
                Build.id != (promotion.target_build_id or 0),
            )
            .order_by(Build.number.desc())
            .limit(1)
        )
