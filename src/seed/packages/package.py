"""The trusted package: what will run, addressed by content.

Same source, same stage, same package: its digest covers the canonical template, parameters, capabilities,
tags and assets, and nothing that carries a clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from seed.frameworks.assembly import StackSettings


@dataclass(frozen=True, slots=True)
class PackagedAsset:
    """A file the template points to. `sha256` is of the stored bytes, which carry no clock."""

    key: str
    sha256: str
    size: int
    used_by: tuple[str, ...]
    """Logical ids whose properties point here."""
    code_sha256: str = ""
    """Base64 sha256 of the file's bytes: what Lambda reports as CodeSha256."""


@dataclass(frozen=True)
class Package:
    """One service for one stage at one commit, ready for a change set."""

    stack_name: str
    region: str
    bucket: str
    template: str
    """Canonical JSON."""
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    assets: tuple[PackagedAsset, ...]
    framework: str
    settings: StackSettings = field(default_factory=StackSettings)
    plugins: tuple[str, ...] = ()
    """What runs code of its own once the stack is deployed."""

    @cached_property
    def digest(self) -> str:
        """`sha256:` + hex over everything that decides what runs; not over which framework line made it."""
        content = {k: v for k, v in asdict(self).items() if k != "framework" and (k != "plugins" or v)}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Package:
        raw: dict[str, Any] = json.loads(text)
        assets = tuple(PackagedAsset(**{**a, "used_by": tuple(a["used_by"])}) for a in raw.pop("assets"))
        settings = raw.pop("settings", {})
        arns = tuple(settings.get("notification_arns", ()))
        return cls(
            **{**raw, "capabilities": tuple(raw["capabilities"]), "plugins": tuple(raw.get("plugins", ()))},
            assets=assets,
            settings=StackSettings(**{**settings, "notification_arns": arns}),
        )
