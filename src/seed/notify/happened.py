"""From the rows to what is told: which events of a stage's builds and promotions there are since a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from seed.apps.records import PRODUCTION, Stage
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import GOOD
from seed.changesets import ChangeSet, from_json, headline
from seed.counting import counted
from seed.notify.facts import Fact, shortened
from seed.people.actor import SEED
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion

SETTLES = timedelta(seconds=10)
TOLD_ENDS = {"succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, when it was, and the key under which it is told once."""

    key: str
    at: datetime
    fact: Fact
    promoted: bool = False
    """A build that is told as a promotion too, to whoever wants to hear of promotions."""


def happened(session: Session, stage: Stage, since: datetime, at: datetime, url: str) -> list[Happened]:
    """In the order in which they were, as it looks now."""
    found = [*_of_builds(session, stage, since, url), *_of_promotions(session, stage, since, url)]
    return sorted((one for one in found if _settled(one, at)), key=lambda one: one.at)


def base(stage: Stage, event: str, at: datetime, url: str) -> Fact:
    app = stage.app
    link = f"{url}/apps/{app.slug}"
    return Fact(
        event=event,
        app=app.slug,
        app_id=app.id,
        app_link=link,
        stage=stage.name,
        stage_id=stage.id,
        stage_link=f"{link}/{quote(stage.name, safe='')}",
        at=at.isoformat(),
        production=stage.kind == PRODUCTION,
    )


def summary_of(services: Iterable[tuple[str, ChangeSet]]) -> str:
    """One sentence: the worst of what a promotion does; how many services it is about besides."""
    changed = sorted((one for one in services if not one[1].empty), key=lambda one: -one[1].severity)
    if not changed:
        return "Nothing changes."
    name, worst = changed[0]
    said = headline(worst).partition(". ")[0].removesuffix(".")
    more = f"; {counted(len(changed) - 1, 'more service')} {'change' if len(changed) > 2 else 'changes'}"  # noqa: PLR2004, plural
    return f"{name}: {said}." if len(changed) == 1 else f"{name}: {said}{more}."


def still_true(session: Session, fact: Fact) -> str:
    """Why it is not told any more; "" where it is. Only a wait can be over."""
    if fact.event != "review":
        return ""
    state = session.scalar(sa.select(Promotion.state).where(Promotion.id == fact.promotion_id))
    return "" if state == "review" else f"It does not wait any more: {state or 'removed'}."


def _of_builds(session: Session, stage: Stage, since: datetime, url: str) -> Iterator[Happened]:
    recent = sa.or_(Build.started_at >= since, Build.ended_at >= since)
    query = (
        sa.select(Build)
        .where(Build.stage_id == stage.id, recent)
        .options(selectinload(Build.services).selectinload(ServiceBuild.service))
        .options(selectinload(Build.services).defer(ServiceBuild.changes))
    )
    for build in session.scalars(query):
        ended = TOLD_ENDS.get(build.state)
        fact = _build_fact(stage, build, url)
        if build.started_at:
            yield _at(fact, "started", build.started_at, f"build {build.id} started", _services(build))
        if build.ended_at and ended:
            summary = {"succeeded": _outcome, "failed": _reason}.get(ended, _why)(build)
            told = _at(fact, ended, build.ended_at, f"build {build.id} {ended}", summary)
            yield replace(told, promoted=ended == "succeeded" and _carries(session, build))


def _of_promotions(session: Session, stage: Stage, since: datetime, url: str) -> Iterator[Happened]:
    recent = sa.or_(Promotion.planned_at >= since, Promotion.ended_at >= since)
    query = sa.select(Promotion.id).where(Promotion.target_stage_id == stage.id, recent)
    for number in session.scalars(query).all():
        promotion = load_promotion(session, number)
        fact = _promotion_fact(stage, promotion, url)
        if promotion.state == "review" and promotion.planned_at:
            yield _at(fact, "review", promotion.planned_at, f"promotion {number} review", _changes(promotion))
        elif promotion.state == "promoted" and promotion.ended_at:
            yield _at(fact, "promoted", promotion.ended_at, f"promotion {number} promoted", _changes(promotion))
        elif promotion.state == "failed" and promotion.ended_at and promotion.target_build is None:
            yield _at(fact, "failed", promotion.ended_at, f"promotion {number} failed", _failure(promotion))


def _settled(one: Happened, at: datetime) -> bool:
    """What Seed itself promotes may be confirmed by itself a moment after it was planned: nobody has to read it."""
    return one.fact.event != "review" or one.fact.person != SEED.name or at - one.at > SETTLES


def _carries(session: Session, build: Build) -> bool:
    """One that pauses between its phases is not told as a promotion yet."""
    state = session.scalar(sa.select(Promotion.state).where(Promotion.id == build.promotion_id))
    return state in {"promoted", "deploying"}


def _at(fact: Fact, event: str, at: datetime, key: str, summary: str) -> Happened:
    return Happened(key, at, replace(fact, event=event, at=at.isoformat(), summary=shortened(summary)))


def _build_fact(stage: Stage, build: Build, url: str) -> Fact:
    fact = base(stage, "started", build.created_at, url)
    return replace(
        fact,
        build=build.number,
        build_id=build.id,
        build_link=f"{fact.stage_link}/builds/{build.number}",
        commit=build.commit,
        subject=shortened(build.subject),
        person=build.asked_by,
        promotion_id=build.promotion_id or 0,
        promotion_link=f"{url}/promotions/{build.promotion_id}" if build.promotion_id else "",
    )


def _promotion_fact(stage: Stage, promotion: Promotion, url: str) -> Fact:
    source, made = promotion.source_build, promotion.target_build
    fact = _build_fact(stage, made, url) if made else base(stage, "review", promotion.created_at, url)
    return replace(
        fact,
        promotion_id=promotion.id,
        promotion_kind=promotion.kind,
        promotion_link=f"{url}/promotions/{promotion.id}",
        commit=source.commit,
        subject=shortened(source.subject),
        person=promotion.asked_by,
    )


def _changes(promotion: Promotion) -> str:
    plans = [plan for plan in promotion.plans if plan.changes and plan.state != "unchanged"]
    return summary_of((plan.service.name, from_json(plan.changes or {})) for plan in plans)


def _failure(promotion: Promotion) -> str:
    return str((promotion.failure or {}).get("sentence") or promotion.reason)


def _services(build: Build) -> str:
    names = [row.service.name for row in build.services]
    return "" if len(names) < 2 else f"{counted(len(names), 'service')}."  # noqa: PLR2004, one says nothing


def _outcome(build: Build) -> str:
    states = [row.state for row in build.services]
    said = [
        f"{counted(number, 'service')} {what}"
        for what, number in (
            ("deployed", states.count("succeeded")),
            ("unchanged", states.count("unchanged")),
            ("left out", sum(state not in GOOD for state in states)),
        )
        if number
    ]
    return f"{', '.join(said)}." if said else ""


def _why(build: Build) -> str:
    return build.reason


def _reason(build: Build) -> str:
    """The first service that failed, in its own words."""
    failed = [row for row in build.services if row.state == "failed"]
    if not failed:
        return build.reason
    more = f" ({len(failed) - 1} more failed)" if len(failed) > 1 else ""
    return f"{failed[0].service.name}: {failed[0].reason}{more}"
