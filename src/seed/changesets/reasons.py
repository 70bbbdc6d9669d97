"""Why something is routine, and of which kind that is: what is folded is called by its kind, never by its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, TypedDict

from seed.changesets.model import PropertyChange, ResourceChange

Foldable = PropertyChange | ResourceChange


class Kind(StrEnum):
    """In the order in which a fold names them."""

    VERSION = "version"
    DEPLOYMENT = "deployment"
    LOG_GROUP = "log-group"
    CODE = "same-code"
    TAGS = "tags"
    METADATA = "metadata"
    SAME = "same-value"
    INSIDE = "inside"
    OUTPUT = "follows"
    STAYS = "stays"


FOLDS = {
    Kind.VERSION: "versions",
    Kind.DEPLOYMENT: "API deployments",
    Kind.LOG_GROUP: "log groups",
    Kind.CODE: "same code elsewhere",
    Kind.TAGS: "tags",
    Kind.METADATA: "metadata",
    Kind.SAME: "the same written another way",
    Kind.INSIDE: "nested stacks with nothing else inside",
    Kind.OUTPUT: "outputs that follow",
    Kind.STAYS: "followers that stay what they are",
}
"""What those of a kind are called together."""


class Reason(NamedTuple):
    """One sentence's worth of why, with its kind; both are empty for what must be read."""

    kind: str
    text: str


class Marks(TypedDict):
    """The two fields of a row that say it."""

    routine: str
    routine_kind: str


NONE = Reason("", "")


def marks(reason: Reason) -> Marks:
    return {"routine": reason.text, "routine_kind": reason.kind}


def reason_of(row: Foldable) -> Reason:
    return Reason(row.routine_kind, row.routine)


def folds(rows: Iterable[Foldable]) -> str:
    """`versions, tags`: what is in a fold. A review that is older than the kinds names none."""
    found = {kind for row in rows for kind in _kinds(row)}
    return ", ".join(words for kind, words in FOLDS.items() if kind in found)


def _kinds(row: Foldable) -> Iterator[str]:
    """Its own, and those of what is inside of a nested stack."""
    yield row.routine_kind
    if isinstance(row, ResourceChange) and row.nested:
        inner: tuple[Foldable, ...] = (*row.nested.resources, *row.nested.outputs)
        for one in inner:
            yield from _kinds(one)
