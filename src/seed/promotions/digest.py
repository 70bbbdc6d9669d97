"""The one digest that a confirmation names: over everything that a review shows and stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One service as it was shown. All of it goes into the digest."""

    service: str
    package: str
    method: str
    change_set: str
    baseline: dict[str, Any]
    changes: dict[str, Any]


def digest_of(kind: str, source_build: int, target_stage: int, services: Iterable[Reviewed]) -> str:
    """`sha256:` + hex, the same for the same facts in any order of services."""
    shown = sorted((asdict(service) for service in services), key=lambda s: str(s["service"]))
    content = {"kind": kind, "source": source_build, "target": target_stage, "services": shown}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
