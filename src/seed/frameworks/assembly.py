"""What a framework makes of a service at a commit, before Seed makes it trustworthy.

An Assembly is read from the framework's output folder. Its template still carries clocks and names of the
framework's own bucket; `packages/` turns it into a Package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundService:
    """A deployable found in a tree. `path` is POSIX, relative to the repository ("" for its root)."""

    path: str
    config: str
    """The file's name, such as `serverless.yml`."""
    name: str
    framework: str = "serverless"


@dataclass(frozen=True, slots=True)
class StackSettings:
    """What the framework's own deploy command sends beside the template. Policies are canonical JSON text."""

    role_arn: str = ""
    notification_arns: tuple[str, ...] = ()
    stack_policy: str = ""
    rollback_configuration: str = ""
    disable_rollback: bool = False


@dataclass(frozen=True, slots=True)
class Assembly:
    """One service packaged for one stage by its framework."""

    stack_name: str
    template: Template
    files: Mapping[str, Path]
    """S3 key that the template points to → the local file that belongs there."""
    region: str
    framework: str
    """For people: `osls 4.3.1 (bundled)`, `serverless 3.40.0 (from the repository)`."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
    settings: StackSettings = field(default_factory=StackSettings)
    plugins: tuple[str, ...] = ()
    """What runs code of its own once the stack is deployed: names of plugins, or of the framework's own settings."""
