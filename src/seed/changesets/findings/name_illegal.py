"""Names that a service will refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.legal_names import LEGAL, QUALIFIED, STACK, Legal
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import is_text, show
from seed.changesets.words import word

DYNAMIC = re.compile(r"\{\{resolve:.*?\}\}")
"""What CloudFormation puts in only when it deploys."""


def find(review: Review) -> Iterator[Finding]:
    stack = review.change_set.stack_name
    if stack and review.old is None and _illegal(stack, STACK):
        yield _finding(f"the stack cannot be named {stack[:300]!r}", "", stack, STACK)
    for pair in review.pairs.values():
        legal = LEGAL.get(pair.resource_type)
        if legal is None or pair.after is None or pair.before is pair.after:
            continue
        was, name = (side.get(legal.key) for side in pair.properties)
        known = _known(name)
        if name != was and (_illegal(known, legal) if known == name else len(known) > _most(known, legal)):
            what = f"the {word(pair.resource_type)} {pair.logical_id} cannot be named {show(name)[:300]!r}"
            yield _finding(what, pair.logical_id, known, legal)


def _known(name: Any) -> str:
    """The parts of a text that are known; what is not known makes it no shorter."""
    parts = [name] if isinstance(name, str) else name["Fn::Join"][1] if is_text(name) else []
    return DYNAMIC.sub("", "".join(part for part in parts if isinstance(part, str)))


def _most(name: str, legal: Legal) -> int:
    return QUALIFIED if legal.key == "FunctionName" and ":" in name else legal.most


def _illegal(name: str, legal: Legal) -> bool:
    return len(name) > _most(name, legal) or not re.fullmatch(legal.pattern, name, re.ASCII)


def _finding(what: str, logical_id: str, name: str, legal: Legal) -> Finding:
    long = len(name) > _most(name, legal)
    return Finding(
        "name-illegal",
        Severity.DANGER,
        f"The deployment will fail: {what}.",
        logical_id,
        evidence=f"{len(name)} characters; allowed: at most {legal.most} {legal.wanted}",
        hint="A long stage name makes long names: shorten the service's name or the stage's."
        if long
        else "Give it a name of those signs, or leave it out so that CloudFormation makes one.",
    )


RULE = Rule(
    "name-illegal",
    "A name that the service refuses",
    "danger",
    "Names that are too long or have illegal characters are refused when the resource is made, in the middle of the "
    "deployment. Known are the names of stacks, functions, tables, buckets, queues, topics, roles, policies, log "
    "groups, APIs, user pools, secrets, SSM parameters, image repositories and others.",
    "API references of each service: its Create call; CloudFormation: CreateStack, StackName",
    find,
    fails=True,
)
