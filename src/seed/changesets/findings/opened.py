"""One way in which something is open now and was not before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from seed.changesets.model import Severity


class Opened(NamedTuple):
    """`sentence` goes on after the name of the resource."""

    severity: Severity
    sentence: str
    evidence: str
    hint: str = ""


Look = Iterator[Opened]
