"""Fn::GetAtt asks for an attribute that the type does not have."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.keys import TABLES
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Side
from seed.changesets.review import Review
from seed.changesets.values import references, same
from seed.changesets.words import a, listed, word

STREAM, STREAMS = "StreamArn", "StreamSpecification"


def find(review: Review) -> Iterator[Finding]:
    yield from _streamless(review)
    yield from _of_outputs(review)
    for name, pair in review.pairs.items():
        if pair.after is None or pair.before is pair.after:
            continue
        for other, attribute in dict.fromkeys(_asked(pair.after)):
            target = review.pairs.get(other)
            if not target or not target.after or _has(target.resource_type, attribute, target.after):
                continue
            if pair.before is None or (other, attribute) not in _asked(pair.before):  # what is deployed is no mistake
                known = sorted(rules.attributes(target.resource_type))
                yield Finding(
                    "attribute-missing",
                    Severity.DANGER,
                    f"The deployment will fail: {name} asks for {other}.{attribute}, "
                    f"and {a(word(target.resource_type))} has no such attribute.",
                    name,
                    evidence=f"{target.resource_type} has {listed(known, 12)}",
                    hint="Look for a spelling mistake.",
                )


def _of_outputs(review: Review) -> Iterator[Finding]:
    """What is asked by an output that is there already cannot be a mistake."""
    olds = review.old.section("Outputs") if review.old else {}
    for name, output in review.new.section("Outputs").items():
        if review.new.condition(output.get("Condition")) is False or same(output, olds.get(name)):
            continue
        for _, other, attribute in references(review.new.value(output.get("Value"))):
            target = review.pairs.get(other)
            if attribute and target and target.after and not _has(target.resource_type, attribute, target.after):
                yield Finding(
                    "attribute-missing",
                    Severity.DANGER,
                    f"The deployment will fail: the output {name} asks for {other}.{attribute}, "
                    f"and {a(word(target.resource_type))} has no such attribute.",
                    evidence=f"{target.resource_type} has {listed(sorted(rules.attributes(target.resource_type)), 12)}",
                    hint="Look for a spelling mistake.",
                )


def _streamless(review: Review) -> Iterator[Finding]:
    """A table answers the Arn of its stream only while it has one."""
    found = review.pairs.items()
    tables = {
        n: one for n, one in found if one.resource_type in TABLES and one.after and STREAMS not in one.properties[1]
    }
    for name, pair in found if tables else ():
        for other in {other for other, attribute in _asked(pair.after) if attribute == STREAM} if pair.after else ():
            table = tables.get(other)
            if table is None:
                continue
            if STREAMS in table.properties[0] or pair.before is None or (other, STREAM) not in _asked(pair.before):
                yield Finding(
                    "attribute-missing",
                    Severity.DANGER,
                    f"The deployment will fail: {name} asks for {other}.{STREAM}, and the table has no stream.",
                    name,
                    evidence=f"{STREAMS} is not set",
                    hint=f"Set {STREAMS} of {other}, or take out what reads its stream.",
                )


def _asked(side: Side) -> Iterator[tuple[str, str]]:
    for _, other, attribute in side.references:
        if attribute:
            yield other, attribute


def _has(resource_type: str, attribute: str, side: Side) -> bool:
    """Of a type whose attributes nobody told, and of some properties, everything may be asked."""
    known = rules.attributes(resource_type)
    head = attribute.split(".", 1)[0]
    return not known or head in known or head in side.properties or head == "Id"


RULE = Rule(
    "attribute-missing",
    "An attribute that the type does not have",
    "danger",
    "CloudFormation refuses Fn::GetAtt of an attribute that the resource type does not answer, and of the stream of a "
    "table that has none.",
    "CloudFormation user guide: Fn::GetAtt; AWS service specification",
    find,
    fails=True,
)
