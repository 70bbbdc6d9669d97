"""What a service refuses of one resource: told where a deployment brings it, since what is deployed was taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from seed.changesets.findings.shaped import macros
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, printable
from seed.changesets.words import word


class Wrong(NamedTuple):
    """`what` goes on after the name of the resource: `has 6 layers, and Lambda takes 5`."""

    what: str
    evidence: str
    hint: str
    certain: bool = True
    """False: a quota that an account may have lifted."""


Look = Callable[[dict[str, Any], Review], Iterator[Wrong]]
"""The properties of a resource as one template has them, and what else is there."""


def together(*every: Mapping[str, Look]) -> dict[str, Look]:
    """Of one type more than one may look."""
    found: dict[str, list[Look]] = {}
    for looks in every:
        for kind, look in looks.items():
            found.setdefault(kind, []).append(look)
    return {kind: looks[0] if len(looks) == 1 else _each(looks) for kind, looks in found.items()}


def _each(looks: Sequence[Look]) -> Look:
    def look(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
        for one in looks:
            yield from one(properties, review)

    return look


def refusals(review: Review, rule: str, looks: Mapping[str, Look]) -> Iterator[Finding]:
    """`looks` by resource type."""
    if macros(review):
        return
    for pair in review.pairs.values():
        look = looks.get(pair.resource_type)
        changes = pair.after is not None and pair.before is not pair.after
        if look is not None and changes and not is_intrinsic(pair.properties[1]):
            for wrong in _new(pair, look, review):
                what = f"the {word(pair.resource_type)} {pair.logical_id} {printable(wrong.what)}"
                yield Finding(
                    rule,
                    Severity.DANGER if wrong.certain else Severity.WARNING,
                    f"The deployment {'will' if wrong.certain else 'may'} fail: {what}.",
                    pair.logical_id,
                    evidence=printable(wrong.evidence),
                    hint=wrong.hint,
                    fails=wrong.certain,
                )


def _new(pair: Pair, look: Look, review: Review) -> list[Wrong]:
    was, now = pair.properties
    found = dict.fromkeys(look(now, review))
    before = set(look(was, review)) if found and pair.old_type == pair.resource_type else set()
    return [one for one in found if one not in before]


def asked_for(value: Any, review: Review, kind: str) -> Pair | None:
    """The resource of this type that a Ref or a GetAtt asks for, of those that will be there."""
    if not is_intrinsic(value):
        return None
    asked = value.get("Ref") or value.get("Fn::GetAtt")
    name = asked[0] if isinstance(asked, list) and asked else asked
    pair = review.pairs.get(name) if isinstance(name, str) else None
    return pair if pair and pair.after and pair.resource_type == kind else None


def named(value: Any, review: Review, kind: str) -> dict[str, Any] | None:
    """Its properties as they will be."""
    pair = asked_for(value, review, kind)
    return pair.properties[1] if pair else None


def whose(properties: dict[str, Any], review: Review) -> Pair | None:
    """The resource that will have these very properties; of those that it has now nobody."""
    if "whose" not in review.worked_out:
        review.worked_out["whose"] = {id(pair.properties[1]): pair for pair in review.pairs.values()}
    known: dict[int, Pair] = review.worked_out["whose"]
    return known.get(id(properties))


def of_types(review: Review, *kinds: str) -> list[Pair]:
    """Those of these types that will be there."""
    if "types" not in review.worked_out:
        found: dict[str, list[Pair]] = {}
        for pair in review.pairs.values():
            if pair.after is not None:
                found.setdefault(pair.resource_type, []).append(pair)
        review.worked_out["types"] = found
    known: dict[str, list[Pair]] = review.worked_out["types"]
    return [pair for kind in kinds for pair in known.get(kind, ())]


def asked_of(pair: Pair, review: Review) -> set[str]:
    """What it will refer to or depend on: worked out once, since many may ask who lets them in."""
    known: dict[str, set[str]] = review.worked_out.setdefault("asked", {})
    if pair.logical_id not in known:
        known[pair.logical_id] = set(pair.after.needs) if pair.after else set()
    return known[pair.logical_id]


def waited_for(pair: Pair, review: Review) -> set[str]:
    """All that is made before it."""
    found: set[str] = set()
    waiting = [pair]
    while waiting:
        names = asked_of(waiting.pop(), review) - found
        found |= names
        waiting += [review.pairs[name] for name in names if name in review.pairs]
    return found
