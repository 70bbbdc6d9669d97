"""The texts of a template: its strings, with what `Fn::Join` puts together put together.

What is only known to CloudFormation stands as `?`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        whole = joined(value)
        if whole is not None:
            yield whole
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def joined(value: dict[str, Any]) -> str | None:
    """The text of a `Fn::Join` or `Fn::Sub`; None for anything else."""
    match value:
        case {"Fn::Join": [str(delimiter), [*parts]]} if len(value) == 1:
            return delimiter.join(part if isinstance(part, str) else "?" for part in parts)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]} if len(value) == 1:
            return text
        case _:
            return None
