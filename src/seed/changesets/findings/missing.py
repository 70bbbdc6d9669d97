"""References to nothing, and parameters without a value: the deployment will fail."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.expand import LANGUAGE
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    new = review.new
    known = set(review.old.problems) if review.old else set()  # what is deployed already cannot be a mistake
    unseen = set(new.unseen) - {LANGUAGE}  # a macro may make what is missing
    for where, problem in dict.fromkeys(new.problems):
        if unseen or (where, problem) in known:
            continue
        yield Finding(
            "reference-missing",
            Severity.DANGER,
            f"The deployment will fail: {problem}.",
            evidence=where,
            hint="Look for a spelling mistake, or for something that was removed but is still used.",
        )
    for name, value in new.parameters.items():
        if value == {"Ref": name}:
            yield Finding(
                "parameter-missing",
                Severity.WARNING,
                f"The parameter {name} has no value and no default.",
                evidence=f"Parameters/{name}",
                hint="Give it a value.",
            )


RULE = Rule(
    "reference-missing, parameter-missing",
    "Something referred to is not there",
    "danger",
    "CloudFormation refuses a template that refers to resources, parameters, conditions or map keys which do not "
    "exist.",
    "CloudFormation user guide: Ref, Fn::GetAtt, Fn::FindInMap",
    find,
)
