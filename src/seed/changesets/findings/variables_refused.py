"""Environment variables that Lambda does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import at
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import SCALAR, Secret, is_intrinsic, is_text, printable, same, scalar_text
from seed.changesets.words import listed

RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
MOST, SHOWN = 4096, 60
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type != "AWS::Lambda::Function" or pair.after is None or pair.before is pair.after:
            continue
        was, now = ((at(side, "Environment/Variables") or {}) for side in pair.properties)
        if not isinstance(now, dict) or is_intrinsic(now) or (pair.before is not None and same(was, now)):
            continue
        old = was if isinstance(was, dict) else {}
        if taken := sorted(name for name in now if name in RESERVED and name not in old):
            yield _finding(
                pair.logical_id,
                f"the function {pair.logical_id} cannot set {listed(taken)}, which Lambda sets itself",
                f"Environment.Variables: {', '.join(taken)}",
                "Give it another name; what Lambda sets can be read as it is.",
            )
        if odd := sorted(
            name[:SHOWN] for name in now if name not in RESERVED | old.keys() and not NAME.fullmatch(name)
        ):
            yield _finding(
                pair.logical_id,
                f"the function {pair.logical_id} has variables that Lambda cannot name so: {printable(listed(odd))}",
                f"Environment.Variables: {printable(', '.join(odd))}",
                "Begin with a letter, and go on with at least one more letter, digit or _.",
            )
        if (size := _bytes(now)) > MOST:
            yield _finding(
                pair.logical_id,
                f"the variables of the function {pair.logical_id} are {size:,} bytes, and Lambda takes {MOST:,}",
                f"at least {size:,} of {MOST:,} bytes",
                "Keep long values in SSM, Secrets Manager or the package, and read them from there.",
            )


def _bytes(variables: dict[str, Any]) -> int:
    """Names and values, as far as they can be known: it is not less."""
    return sum(len(name.encode(errors="replace")) + _size(value) for name, value in variables.items())


def _size(value: Any) -> int:
    if isinstance(value, Secret):
        return len(value.value.encode(errors="replace"))
    if is_text(value):
        return sum(map(_size, value["Fn::Join"][1]))
    known = isinstance(value, SCALAR) and "{{resolve:" not in scalar_text(value)
    return len(scalar_text(value).encode(errors="replace")) if known else 0


def _finding(logical_id: str, what: str, evidence: str, hint: str) -> Finding:
    return Finding(RULE.id, Severity.DANGER, f"The deployment will fail: {what}.", logical_id, evidence, hint)


RULE = Rule(
    "variables-refused",
    "Environment variables that Lambda refuses",
    "danger",
    "Some names are reserved for what Lambda sets itself, a name is at least two letters, digits and _ and begins with "
    "a letter, and all variables of a function together may have 4 KB.",
    "Lambda developer guide: Working with Lambda environment variables, Defined runtime environment variables; Quotas",
    find,
    fails=True,
)
