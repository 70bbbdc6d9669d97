"""Each rule with templates that earn it and templates that do not; a rule without either fails here."""

from __future__ import annotations

import pytest
from tests.changesets.rules import (
    access,
    asked,
    data,
    fails,
    others_lose,
    properties,
    refused,
    running,
    settings,
    written,
)
from tests.changesets.rules.case import Case

from seed.changesets import Severity
from seed.changesets.findings import ASKED, RULES

EVERY = {rule.id: rule for rule in (*RULES, *ASKED)}
CASES = [
    *data.CASES,
    *access.CASES,
    *fails.CASES,
    *written.CASES,
    *others_lose.CASES,
    *properties.CASES,
    *refused.CASES,
    *settings.CASES,
    *running.CASES,
    *asked.CASES,
]
TOLD_AS_ERROR = {"stack-not-updatable"}
"""There is no review to tell them in: tests/aws reads the error."""
WITHOUT_HINT = {"nested-not-asked", "rollback-alarms", "stack-policy"}
"""Where nothing can be done about it but to know."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_earned_by_its_bad_and_not_by_its_good_templates(case: Case) -> None:
    found = [finding for finding in case.find() if finding.rule == case.rule]
    if not case.severity:
        assert found == []
        return
    assert case.severity in {finding.severity.name.lower() for finding in found}
    rule = EVERY[case.rule]
    for finding in found:
        assert finding.severity <= Severity[rule.severity.upper()], "worse than the rule says"
        assert finding.fails == (rule.fails and finding.severity == Severity.DANGER)
        assert finding.fails <= finding.sentence.startswith("The deployment will fail: ")
        assert not finding.sentence[0].islower()
        assert finding.sentence.endswith(".")
        assert finding.hint or finding.rule in WITHOUT_HINT or finding.severity == Severity.ROUTINE
        assert "\n" not in finding.sentence


@pytest.mark.parametrize("rule", [rule for rule in EVERY.values() if rule.id not in TOLD_AS_ERROR], ids=lambda r: r.id)
def test_a_rule_has_a_pair_of_templates_and_its_worst_severity_is_shown(rule: object) -> None:
    told = {case.severity for case in CASES if case.rule == getattr(rule, "id", "")}
    assert "" in told, "no good template"
    assert told - {""}, "no bad template"
    assert getattr(rule, "severity", "") in told, "its worst is never seen"


def test_each_rule_is_one_and_says_why_and_who_says_so() -> None:
    assert len(EVERY) == len(RULES) + len(ASKED)
    assert {case.rule for case in CASES} <= EVERY.keys()
    for rule in EVERY.values():
        assert rule.reason.endswith(".")
        assert rule.source
        assert rule.severity in {"danger", "warning", "notice", "routine"}
        assert rule.severity == "danger" or not rule.fails
