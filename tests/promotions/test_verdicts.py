"""What is said of a finding: by whom, why, for how long; what it changes, and what it never hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.change_sets import danger, mild, routine
from tests.support.seeded import Seeded

from seed.audit.records import AuditEvent
from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, Severity
from seed.changesets.enrich import told_inside
from seed.db.base import now
from seed.errors import Conflict, Invalid, NotFound
from seed.people.actor import Actor, NotAllowed
from seed.promotions import judge
from seed.promotions.records import Promotion, Verdict
from seed.promotions.verdicts import (
    Said,
    finding_of,
    key_of,
    left_to_read,
    needs_reading,
    said_of,
    said_of_promotion,
    verdicts_in_force,
)

ALICE = Actor(1, "Alice", "deploy")
OPENED = Finding("access-widened", Severity.DANGER, "The role allows more.", "Role", "allow: s3:* on *")
LOST = Finding("data-replaced", Severity.DANGER, "The table T is replaced.", "T")


@pytest.fixture(scope="module")
def made(template: Seeded) -> Seeded:
    return template


@pytest.fixture
def session(made: Seeded) -> Iterator[Session]:
    """Whatever a test says is taken back with its transaction."""
    with made.world.database.read() as one:
        yield one
        one.rollback()


def promotion(session: Session) -> Promotion:
    """One that waits with findings in it."""
    rows = session.scalars(sa.select(Promotion).where(Promotion.state == "review"))
    return next(row for row in rows if said_of_promotion(row, {}))


def first(session: Session) -> tuple[Promotion, Said]:
    row = promotion(session)
    return finding_of(session, ALICE, row.id, said_of_promotion(row, {})[0].key)


def events(session: Session) -> list[AuditEvent]:
    query = sa.select(AuditEvent).where(AuditEvent.action.like("finding.%")).order_by(AuditEvent.id)
    return list(session.scalars(query))


def test_accepting_says_who_why_and_until_when_and_is_audited(session: Session) -> None:
    row, said = first(session)

    judge.accept(session, ALICE, row, said, " Agreed with the team ", 30)
    session.flush()

    verdict = verdicts_in_force(session, row.app_id)[said.key]
    assert (verdict.kind, verdict.person, verdict.reason) == ("accepted", "Alice", "Agreed with the team")
    assert verdict.until is not None
    assert timedelta(days=29, hours=23) < verdict.until - now() <= timedelta(days=30)
    [event] = events(session)
    assert (event.actor, event.action, event.app_id) == ("Alice", "finding.accepted", row.app_id)
    assert event.details["sentence"] == said.finding.sentence
    assert event.details["reason"] == "Agreed with the team"
    assert event.details["until"].startswith(str(verdict.until.date()))


def test_it_counts_in_other_promotions_of_the_app_until_its_time_is_over(session: Session) -> None:
    row, said = first(session)
    judge.accept(session, ALICE, row, said, "why", 30)
    session.flush()

    again = [
        one
        for other in session.scalars(sa.select(Promotion).where(Promotion.id != row.id))
        for one in said_of_promotion(other, verdicts_in_force(session, row.app_id))
        if one.accepted
    ]

    assert again
    assert {one.key for one in again} == {said.key}
    assert verdicts_in_force(session, row.app_id, now() + timedelta(days=31)) == {}


def test_marking_as_wrong_hides_nothing_and_has_no_end(session: Session) -> None:
    row, said = first(session)

    judge.mark_wrong(session, ALICE, row, said, "The bucket is empty")
    session.flush()

    verdicts = verdicts_in_force(session, row.app_id, now() + timedelta(days=5000))
    assert verdicts[said.key].kind == "wrong"
    shown = next(one for one in said_of_promotion(row, verdicts) if one.key == said.key)
    assert not shown.accepted
    assert [event.action for event in events(session)] == ["finding.wrong"]


def test_taking_it_back_makes_it_count_again_once(session: Session) -> None:
    row, said = first(session)
    verdict = judge.accept(session, ALICE, row, said, "why", 30)

    judge.withdraw(session, Actor(2, "Bob", "deploy"), row.app, verdict.id)
    session.flush()

    assert verdicts_in_force(session, row.app_id) == {}
    assert [(event.actor, event.action) for event in events(session)][-1] == ("Bob", "finding.withdrawn")
    with pytest.raises(Conflict, match="Bob has taken that back"):
        judge.withdraw(session, ALICE, row.app, verdict.id)


@pytest.mark.parametrize(("reason", "days"), [(" ", 30), ("why", 0), ("why", -1), ("why", 4000), ("why", float("nan"))])
def test_a_reason_and_an_end_are_needed(session: Session, reason: str, days: float) -> None:
    row, said = first(session)

    with pytest.raises(Invalid):
        judge.accept(session, ALICE, row, said, reason, days)


def test_who_may_only_read_says_nothing(session: Session) -> None:
    row, said = first(session)
    reader = Actor(1, "Alice", "read")

    with pytest.raises(NotAllowed):
        judge.accept(session, reader, row, said, "why", 1)
    with pytest.raises(NotAllowed):
        judge.mark_wrong(session, reader, row, said, "why")
    with pytest.raises(NotAllowed):
        judge.withdraw(session, reader, row.app, 1)


def test_a_finding_that_is_not_there_cannot_be_judged(session: Session) -> None:
    with pytest.raises(NotFound):
        finding_of(session, ALICE, promotion(session).id, "0" * 16)


@pytest.mark.parametrize(
    "other",
    [
        replace(OPENED, evidence="allow: * on *"),
        replace(OPENED, logical_id="Other"),
        replace(OPENED, severity=Severity.WARNING),
        replace(OPENED, sentence="The role allows everything."),
        replace(OPENED, rule="access-public"),
    ],
)
def test_what_says_something_else_is_another_finding(other: Finding) -> None:
    assert key_of("orders", other) != key_of("orders", OPENED)
    assert key_of("users", OPENED) != key_of("orders", OPENED)


def test_what_was_accepted_when_two_nested_stacks_were_told_one_after_the_other_stays_accepted() -> None:
    once = replace(OPENED, sentence=f"Inside the nested stack A: Inside the nested stack B: {OPENED.sentence}")
    now = replace(OPENED, sentence=told_inside("A", told_inside("B", OPENED.sentence)))

    assert now.sentence == f"Inside the nested stack A / B: {OPENED.sentence}"
    assert key_of("orders", now) == key_of("orders", once) != key_of("orders", OPENED)


def accepted(*findings: Finding) -> dict[str, Verdict]:
    return {key_of("orders", one): Verdict(kind="accepted") for one in findings}


def changes(*findings: Finding) -> ChangeSet:
    rows = tuple(
        ResourceChange(name, "AWS::IAM::Role", "Modify", severity=max(f.severity for f in findings if f.logical_id == name))
        for name in dict.fromkeys(f.logical_id for f in findings)
    )  # fmt: skip
    return ChangeSet("stack", new_stack=False, resources=rows, findings=findings)


def left(*findings: Finding, accept: tuple[Finding, ...]) -> Severity:
    change_set = changes(*findings)
    return left_to_read(change_set, said_of("orders", change_set, accepted(*accept)))


def test_an_accepted_danger_is_no_danger_any_more() -> None:
    assert left(OPENED, accept=()) == Severity.DANGER
    assert left(OPENED, accept=(OPENED,)) == Severity.NOTICE


def test_a_second_danger_of_the_same_resource_still_is() -> None:
    assert left(OPENED, replace(OPENED, evidence="more"), accept=(OPENED,)) == Severity.DANGER


def test_losing_data_asks_for_the_name_also_when_it_was_accepted() -> None:
    assert left(LOST, accept=(LOST,)) == Severity.DANGER


def nested(inner: ResourceChange) -> ResourceChange:
    """A stack whose template lies elsewhere, for this alone."""
    address = PropertyChange("/Properties/TemplateURL", before="a", after="b")
    inside = ChangeSet("Child", new_stack=False, resources=(inner,))
    return ResourceChange("Child", "AWS::CloudFormation::Stack", "Modify", properties=(address,), nested=inside)


def test_only_routine_and_only_code_need_no_reading() -> None:
    code = PropertyChange("/Properties/Code/S3Key", before="a", after="b")
    memory = PropertyChange("/Properties/MemorySize", before=1, after=2)
    function = ResourceChange("F", "AWS::Lambda::Function", "Modify", properties=(code,))
    output = PropertyChange("/Outputs/Url/Value", "Outputs", "a", "b")
    table = (
        (routine(), False),
        (replace(routine(), resources=(*routine().resources, function)), False),
        (replace(routine(), resources=(replace(function, properties=(code, memory)),)), True),
        (replace(routine(), resources=(replace(function, replacement="True"),)), True),
        (replace(routine(), findings=(OPENED,)), True),
        (replace(routine(), outputs=(output,)), True),
        (replace(routine(), resources=(nested(function),)), False),
        (replace(routine(), resources=(nested(replace(function, properties=(code, memory))),)), True),
        (replace(routine(), resources=(replace(nested(function), properties=(memory,)),)), True),
        (replace(routine(), outputs=(replace(output, routine="follows routine changes"),)), False),
        (replace(routine(), findings=(replace(OPENED, severity=Severity.ROUTINE),)), False),
        (mild(), True),
        (danger(), True),
    )
    for change_set, must in table:
        assert needs_reading(change_set, said_of("orders", change_set, {})) is must


def test_a_finding_that_was_accepted_needs_no_second_reading() -> None:
    change_set = replace(routine(), findings=(OPENED,))
    assert not needs_reading(change_set, said_of("orders", change_set, accepted(OPENED)))
