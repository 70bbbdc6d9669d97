"""The code of a review, line by line: which lines of which files of its functions and layers change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json

NOWHERE = "/dev/null"


@dataclass(frozen=True, slots=True)
class File:
    """A file that a review lists, by the first resource that has it."""

    service: str
    resource: str
    """`Outer/Worker` in a nested stack."""
    path: str
    new: bool
    gone: bool


def show_code(promotion_id: int, file: str = "", *, json: Json = False) -> None:
    """What changes in the code of functions and layers, line by line.

    Parameters
    ----------
    file
        only the files of this name, as the review lists them; all of them when missing.

    """
    server = api.Client()
    review = server.get(f"/promotions/{promotion_id}")
    listed = [one for one in _files(review) if file in ("", one.path)]
    if not listed:
        raise api.Told(
            {
                "code": "not-found",
                "sentence": "This review lists no such file." if file else "This review lists no file of code.",
                "hint": f"seed promotion show {promotion_id}",
            }
        )
    found = [(one, _read(server, promotion_id, one)) for one in listed]
    if json:
        return show.as_json([{"service": one.service, "resource": one.resource, **texts} for one, texts in found])
    return show.out("\n\n".join("\n".join(_lines(one, texts)) for one, texts in found))


def _read(server: api.Client, promotion_id: int, file: File) -> dict[str, Any]:
    asked = {"service": file.service, "resource": file.resource, "path": file.path}
    found: dict[str, Any] = server.get(f"/promotions/{promotion_id}/code", **asked)
    return found


def _files(review: dict[str, Any]) -> Iterator[File]:
    """Each once, however many functions share the archive that it is in."""
    seen = set()
    for plan in review["services"]:
        for at, code in show.codes((plan["changes"] or {}).get("resources", ())):
            for one in code["files"]:
                key = (code["old"], code["new"], one["path"])
                if key not in seen:
                    seen.add(key)
                    yield File(plan["service"], at, one["path"], one["before"] is None, one["after"] is None)


def _lines(file: File, texts: dict[str, Any]) -> Iterator[str]:
    yield f"{file.service}: {file.resource}"
    if texts["withheld"]:
        yield "A secret that Seed stores stands in this file: it is withheld here, and goes along in the package."
    before, after = texts["before"], texts["after"]
    if before is None or after is None:
        yield f"{file.path}: no text, or too long to be shown."
        return
    from difflib import unified_diff

    names = NOWHERE if file.new else file.path, NOWHERE if file.gone else file.path
    told = list(unified_diff(before.splitlines(), after.splitlines(), *names, lineterm=""))
    yield from told or [f"{file.path}: only a secret that is withheld, or its mode, changes."]
