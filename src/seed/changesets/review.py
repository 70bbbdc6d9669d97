"""What a rule may look at: the change set so far and both evaluated templates. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import ChangeSet
from seed.changesets.resource import Pair


@dataclass(frozen=True)
class Review:
    """`pairs` has every resource of either template, changed or not."""

    change_set: ChangeSet
    old: World | None
    new: World
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    imported_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Export name → stacks that import it."""
    capabilities: frozenset[str] | None = None
    """What the deployment may do; None where nobody told."""
    today: date | None = None
    """None: the day on which the dates that rules know were published."""
    gone: bool = False
    """The stack is removed: there is no new template."""
    worked_out: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What more than one rule asks for, made once."""
