"""What `seed diff` is asked, read without the library that reads every other command: to load that takes a third of
the whole time of a command that stands in pipelines.

Only what is plain is read here; the rest, mistakes and `--help` among it, is left to the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from seed.cli.question import Format, Question

NAMED = ("before_parameters", "after_parameters", "before_tags", "after_tags", "deployed")
FILES = {f"--{name.replace('_', '-')}": name for name in NAMED}
SWITCHES = {"--property-values": True, "--no-property-values": False}
INCLUDE, FORMAT, REGION = "--include", "--format", "--region"


def plain_question(words: Sequence[str]) -> Question | None:
    """`words` are those after `diff`. None: ask the library."""
    places: list[str] = []
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if (word == "-" and not places) or not word.startswith("-"):
            places.append(word)
        elif word in SWITCHES and "property_values" not in given:
            given["property_values"] = SWITCHES[word]
        elif not _take(given, word, next(rest, "-")):
            return None
    match places:
        case [old, new]:
            return Question(old, new, **given)
        case _:
            return None


def _take(given: dict[str, Any], option: str, value: str) -> bool:
    if value.startswith("-"):
        return False
    if option == INCLUDE:
        given["include"] = (*given.get("include", ()), value)
        return True
    texts = {REGION: "region"} | ({FORMAT: "format"} if value in get_args(Format) else {})
    name = FILES.get(option) or texts.get(option)
    if not name or name in given:
        return False
    given[name] = Path(value) if option in FILES else value
    return True
