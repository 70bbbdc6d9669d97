"""What every changed policy lets anybody do that nobody could do before, and how bad that is: one word for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from seed.changesets.findings.fences import API, FENCES, OPEN, in_force
from seed.changesets.findings.statements import (
    ATTACHED,
    CALLS,
    DOCUMENTS,
    EVERYBODY,
    Permission,
    permissions,
    widened,
)
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import references, show
from seed.changesets.words import listed, word

Kind = Literal["public", "sweeping", "widened", "undenied", "new"]
SHOWN = 20
NAMED = 3
UNDER = "everybody who fits its condition"


class Widening(NamedTuple):
    """One resource: the permissions that are worth telling, and all that are new."""

    kind: Kind
    pair: Pair
    told: list[Permission]
    more: list[Permission]

    @property
    def name(self) -> str:
        return f"{word(self.pair.resource_type)} {self.pair.logical_id}"

    @property
    def unfenced(self) -> bool:
        """Its policy held others back, and is gone or holds back nobody."""
        return self.pair.resource_type in FENCES and OPEN in self.told

    @property
    def what(self) -> str:
        """The actions, the first of them by name."""
        actions = list(dict.fromkeys(one.action or "everything" for one in self.told))
        shown = ", ".join(actions[:NAMED])
        return shown + (f" and {len(actions) - NAMED} more" if len(actions) > NAMED else "")

    @property
    def who(self) -> str:
        """` for states.amazonaws.com`, where the policy itself says who."""
        everybody = UNDER if any(p.condition for p in self.told) else "everybody"
        names = [everybody if one == EVERYBODY else one for one in dict.fromkeys(p.principal for p in self.told) if one]
        return f" for {listed(names, NAMED)}" if names else ""

    def finding(self, rule: str, severity: Severity, sentence: str, hint: str) -> Finding:
        evidence = "\n".join(str(one) for one in self.more[:SHOWN])
        if len(self.more) > SHOWN:
            evidence += f"\nand {len(self.more) - SHOWN} more"
        return Finding(rule, severity, sentence, self.pair.logical_id, evidence, hint=hint)


def widenings(review: Review, *kinds: Kind) -> Iterator[Widening]:
    """Those of these kinds; each resource has one at most."""
    if __name__ not in review.worked_out:
        review.worked_out[__name__] = list(_all(review))
    yield from (found for found in review.worked_out[__name__] if found.kind in kinds)


def _all(review: Review) -> Iterator[Widening]:
    for pair in review.pairs.values():
        if pair.before is pair.after or (pair.resource_type not in DOCUMENTS and pair.resource_type not in CALLS):
            continue
        if pair.rows and pair.after and all(row.routine for row in pair.rows):
            continue  # the same, written another way
        found = _undenied(pair, review) if pair.after is None else _more(pair, review)
        if found:
            yield found


def _more(pair: Pair, review: Review) -> Widening | None:
    before, after = (in_force(pair.resource_type, side) for side in pair.properties)
    more = widened([*before, *_of_earlier_versions(pair, review)], after)
    fence = pair.resource_type in FENCES
    public = [one for one in more if one.public and (not fence or pair.resource_type == API)]
    sweeping = [one for one in more if one.sweeping and not fence]
    if public:
        return Widening("public", pair, public, more)
    if sweeping:
        return Widening("sweeping", pair, sweeping, more)
    if pair.before is not None:
        return Widening("widened", pair, more, more) if more else None
    if more and review.old is not None and pair.resource_type not in CALLS:
        return Widening("new", pair, more, more)
    return None


def _undenied(pair: Pair, review: Review) -> Widening | None:
    """A policy that goes takes its denials along, from whatever it spoke of that stays."""
    if pair.resource_type not in ATTACHED:
        return None
    before = pair.properties[0]
    spoken_of = {source for _, source, _attribute in references(before)}
    alive = [name for name in spoken_of if name in review.pairs and review.pairs[name].after is not None]
    still = [
        one
        for other in review.pairs.values()
        if other.resource_type == pair.resource_type
        and other.after is not None
        and _holders(other, 1) == _holders(pair, 0)
        for one in permissions(other.resource_type, other.properties[1])
    ]
    denials = [one for one in permissions(pair.resource_type, before) if one.effect == "Deny" and one not in still]
    stays = bool(alive) or not (spoken_of & review.pairs.keys())
    if not denials or not stays or not review.new.resources:
        return None
    return Widening("undenied", pair, denials, denials)


def _holders(pair: Pair, side: int) -> dict[str, str]:
    """What a policy is set on: a denial that stands elsewhere denies nothing here."""
    documents = {path.partition("/")[0] for path in DOCUMENTS[pair.resource_type]}
    return {
        name: show(value)
        for name, value in pair.properties[side].items()
        if name not in documents and not name.endswith("Name")
    }


def _of_earlier_versions(pair: Pair, review: Review) -> Iterator[Permission]:
    """A new version of a layer has a new permission: who may use the earlier one is nobody new."""
    if pair.before is not None or pair.resource_type != "AWS::Lambda::LayerVersionPermission":
        return
    now = [one.resource for one in permissions(pair.resource_type, pair.properties[1])]
    for other in review.pairs.values():
        if other.resource_type == pair.resource_type and other.before is not None:
            earlier = permissions(other.resource_type, other.properties[0])
            yield from (one._replace(resource=name) for one in earlier for name in now)
