"""Which regions offer a resource type. Written by scripts/rules/regions.py; PROVENANCE.md says from what."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("regions.json.gz")


@cache
def _told() -> dict[str, Any]:
    import gzip  # most ask for no region

    found: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return found


def elsewhere(resource_type: str, region: str) -> tuple[str, ...]:
    """The regions that offer it, where this one does not; nothing where it does, or where nobody told."""
    regions = _told()["regions"]
    lacking = _told()["lacking"].get(resource_type, "")
    if region not in regions or not lacking or lacking[regions.index(region)] != "x":
        return ()
    return tuple(name for name, mark in zip(regions, lacking, strict=True) if mark != "x")
