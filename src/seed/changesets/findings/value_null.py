"""A property that is null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import macros
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Side
from seed.changesets.review import Review
from seed.changesets.values import printable
from seed.changesets.words import word

SHOWN, MOST = 100, 20


def find(review: Review) -> Iterator[Finding]:
    if review.gone or "null" not in review.new.text or macros(review):
        return
    for pair in review.pairs.values():
        if pair.after is None or pair.before is pair.after:
            continue
        before = set(_nulls(pair.before))
        place = next((one for one in _nulls(pair.after) if one not in before), "")
        if place:
            shown = printable(place[:SHOWN])
            yield Finding(
                RULE.id,
                Severity.DANGER,
                f"The deployment will fail: {shown} of the {word(pair.resource_type)} {pair.logical_id} is null.",
                pair.logical_id,
                evidence=f"/Resources/{pair.logical_id}/Properties/{shown.replace('.', '/')}",
                hint="Give it a value, leave it away, or use AWS::NoValue.",
            )
    yield from _elsewhere(review)


def _elsewhere(review: Review) -> Iterator[Finding]:
    """Beside the properties of resources."""
    after = set(_of_template(review.new))
    before = set(_of_template(review.old)) if after and review.old else set()
    for place in sorted(after - before)[:MOST]:
        shown = printable(place[:SHOWN])
        where = f"/{shown.replace('.', '/')}"
        hint = "Give it a value, or leave it away."
        yield Finding(RULE.id, Severity.DANGER, f"The deployment will fail: {shown} is null.", "", where, hint=hint)


def _of_template(world: World) -> Iterator[str]:
    yield from _inside({name: part for name, part in world.template.items() if name != "Resources"}, ())
    for name, resource in world.section("Resources").items():
        given = {key: item for key, item in resource.items() if key != "Properties" or item is None}
        yield from _inside(given, ("Resources", name))


def _nulls(side: Side | None) -> Iterator[str]:
    yield from _inside(side.raw.get("Properties") if side else {}, ())


def _inside(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if value is None and path:
        yield ".".join(path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, (*path, str(index)))


RULE = Rule(
    "value-null",
    "A value that is null",
    "danger",
    "CloudFormation takes no null in a template (“'null' values are not allowed in templates”). In YAML a key with "
    "nothing behind it is null.",
    "CloudFormation user guide: Template format; Troubleshooting, template validation errors",
    find,
    fails=True,
)
