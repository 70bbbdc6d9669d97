"""What `seed diff` can be asked. Nothing is loaded for it: every command's start would pay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["text", "json", "aws", "markdown"]


@dataclass(frozen=True, slots=True)
class Question:
    """Two template files, `-` for a new stack, and what is known beside them."""

    old: str
    new: str
    before_parameters: Path | None = None
    after_parameters: Path | None = None
    deployed: Path | None = None
    region: str = ""
    """Of the stack, where its ARN does not tell."""
    before_tags: Path | None = None
    after_tags: Path | None = None
    include: tuple[str, ...] = ()
    property_values: bool = True
    format: Format = "text"
