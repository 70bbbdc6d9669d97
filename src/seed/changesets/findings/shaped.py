"""What the properties of a resource are, against what its type takes: asked once for the rules that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal, NamedTuple

from seed.changesets.include import LANGUAGE, SAM
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.rules.shapes import Code, Shape, shape
from seed.changesets.values import NO_VALUE

MOST = 200
"""More wrong places tell nobody more, and each is looked up among the names that are known."""
OPEN = {"AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource"}
"""Their own, or what a function of somebody makes of them, decides."""


class Odd(NamedTuple):
    """`needed`: it is not there; `unknown`: it should not be; `word`: none of those that are taken."""

    what: Literal["needed", "unknown", "word"]
    path: str
    name: str
    known: tuple[str, ...] = ()
    """The names, or words, that are taken."""
    used: frozenset[str] = frozenset()
    """The names that stand beside it."""


def macros(review: Review) -> list[str]:
    """Transforms whose result we do not compare: they may make something else of any resource."""
    return [name for name in review.new.unseen if name not in (LANGUAGE, SAM)]


def odd(review: Review) -> Iterator[tuple[Pair, Odd]]:
    """What a deployment brings; what was so before has been deployed already, so it is right."""
    if "odd" not in review.worked_out:
        review.worked_out["odd"] = [] if macros(review) else list(islice(_all(review), MOST))
    yield from review.worked_out["odd"]


def _all(review: Review) -> Iterator[tuple[Pair, Odd]]:
    for pair in review.pairs.values():
        if pair.after is None or pair.before is pair.after or pair.resource_type in OPEN:
            continue
        wanted = shape(pair.resource_type)
        raw = pair.after.raw.get("Properties") or {}
        if wanted is None or _open(raw):
            continue
        was, now = pair.properties
        found = list(_look(now, wanted, ""))
        if not found:
            continue
        same_type = pair.before is not None and pair.old_type == pair.resource_type
        before = {(one.what, one.path) for one in _look(was, wanted, "")} if same_type else set()
        yield from ((pair, one) for one in found if (one.what, one.path) not in before)


def _open(value: Any) -> bool:
    """A function stands in the place of an object, or beside its properties."""
    return not isinstance(value, dict) or any(key == "Ref" or key.startswith("Fn::") for key in value)


def _look(value: Any, wanted: Shape, path: str) -> Iterator[Odd]:
    if _open(value):
        return
    known, used = tuple(wanted.takes), frozenset(value)
    for name in wanted.needs:
        if value.get(name, NO_VALUE) is NO_VALUE:
            yield Odd("needed", f"{path}/{name}", name, known, used)
    for name, inner in value.items():
        if name not in wanted.takes:
            yield Odd("unknown", f"{path}/{name}", name, known, used)
        else:
            yield from _inside(inner, wanted.takes[name], wanted, f"{path}/{name}")


def _inside(value: Any, code: Code, above: Shape, path: str) -> Iterator[Odd]:
    if isinstance(code, str):
        words = tuple(code.split("|"))
        if isinstance(value, str) and value not in words:
            yield Odd("word", path, value, words)
    elif isinstance(code, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, code[0], above, f"{path}/{index}")
    elif isinstance(code, dict) and not _open(value):
        for name, item in value.items():
            yield from _inside(item, code["*"], above, f"{path}/{name}")
    elif (inner := above.inside(code)) is not None:
        yield from _look(value, inner, path)
