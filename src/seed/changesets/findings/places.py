"""Values inside of properties by a path: `Replicas/*/DeletionProtectionEnabled` looks at each item of a list."""

from __future__ import annotations

from typing import Any

from seed.changesets.values import scalar_text, show

NAMES = ("Region", "RuleName", "IndexName", "Name", "Id")
"""By which of these an item of a list is known again; else by its place."""
FILE_SYSTEMS = ("LustreConfiguration", "OntapConfiguration", "OpenZFSConfiguration", "WindowsConfiguration")
BACKUP_DAYS = "AutomaticBackupRetentionDays"
"""Where a file system of FSx, of whichever kind, says how long its backups are kept."""


def at(value: Any, path: str) -> Any:
    """What stands at a path without `*`; None where nothing does."""
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def each(value: Any, path: str) -> dict[str, Any]:
    """Label → value: one under '' for a plain path, one for each item of a list."""
    above, star, below = path.partition("/*/")
    found = at(value, above)
    if not star:
        return {"": found}
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    return {_label(item, index): at(item, below) for index, item in enumerate(items)}


def number(value: Any) -> float | None:
    text = scalar_text(value)
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else None


def digits(number: float) -> str:
    """All of them: 1209600 and not 1.2096e+06."""
    return f"{number:.15g}"


def true(value: Any) -> bool:
    return scalar_text(value).lower() == "true"


def objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _label(item: dict[str, Any], index: int) -> str:
    return next((show(item[name]) for name in NAMES if name in item), str(index))
