"""A schedule that EventBridge cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.refusals import Look, Wrong, refusals
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review

RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\((.*)\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
FIELDS = ("minutes", "hours", "day of the month", "month", "day of the week", "year")
DAY_OF_MONTH, DAY_OF_WEEK = 2, 4
RULES, SCHEDULES = "AWS::Events::Rule", "AWS::Scheduler::Schedule"


def find(review: Review) -> Iterator[Finding]:
    yield from refusals(review, RULE.id, LOOKS)


def _rule(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    yield from _read(properties.get("ScheduleExpression"), RULES)


def _schedule(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    yield from _read(properties.get("ScheduleExpression"), SCHEDULES)


def _read(text: Any, kind: str) -> Iterator[Wrong]:
    if not isinstance(text, str) or "{{resolve:" in text:
        return
    shown = f"ScheduleExpression: {text[:80]}"
    if rate := RATE.fullmatch(text):
        if kind == RULES and (rate[1] == "1") == bool(rate[3]):
            wanted = f"{rate[1]} {rate[2]}{'' if rate[1] == '1' else 's'}"
            yield Wrong(f"has the schedule {text}", shown, f"Write rate({wanted}).")
    elif cron := CRON.fullmatch(text):
        fields = cron[1].split()
        if len(fields) != len(FIELDS):
            hint = f"It takes six fields: {', '.join(FIELDS)}."
            yield Wrong(f"has a schedule of {len(fields)} fields", shown, hint)
        elif (fields[DAY_OF_MONTH] == "?") == (fields[DAY_OF_WEEK] == "?"):
            hint = "Of the day of the month and the day of the week exactly one is ?."
            yield Wrong("has a schedule that says two days, or none", shown, hint)
    elif not (kind == SCHEDULES and AT.fullmatch(text)):
        more = ", or at(2026-01-31T12:00:00)" if kind == SCHEDULES else ""
        yield Wrong(f"has the schedule {text[:80]}", shown, f"Write rate(5 minutes) or cron(0 12 * * ? *){more}.")


LOOKS: dict[str, Look] = {RULES: _rule, SCHEDULES: _schedule}

RULE = Rule(
    "schedule-refused",
    "A schedule that cannot be read",
    "danger",
    "EventBridge takes rate(1 minute), rate(5 minutes) and cron with six fields, of which the day of the month or the "
    "day of the week is a question mark. What is written another way, as other crons take it, is refused.",
    "EventBridge user guide: Cron and rate expressions; EventBridge Scheduler user guide: Schedule types",
    find,
    fails=True,
)
