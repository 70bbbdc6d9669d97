"""A secret gets a new value."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

SECRET = "AWS::SecretsManager::Secret"  # noqa: S105, a type
GENERATE = "GenerateSecretString"


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type != SECRET or pair.old_type != SECRET or not pair.after:
            continue
        rows = [row for row in pair.rows if row.path.split("/")[2:3] == [GENERATE] and not row.routine]
        if not rows or GENERATE not in pair.properties[1]:
            continue
        moved = ", ".join(dict.fromkeys(row.path.split("/")[-1] for row in rows))
        yield Finding(
            "secret-generated",
            Severity.WARNING,
            f"The secret {pair.logical_id} gets a new value: how it is generated changes.",
            pair.logical_id,
            evidence=f"{GENERATE} changes: {moved}",
            hint="What was made with the old value (a database's password, a key given to others) is not changed by "
            "this. The old one stays readable as AWSPREVIOUS until the next change.",
        )


RULE = Rule(
    "secret-generated",
    "A secret gets a new value",
    "warning",
    "A change of GenerateSecretString, however small, makes a new version of the secret with a new random value. "
    "CloudFormation does not look again into {{resolve:secretsmanager:…}} of resources that do not change.",
    "CloudFormation: AWS::SecretsManager::Secret, GenerateSecretString; user guide: Secrets Manager dynamic references",
    find,
)
