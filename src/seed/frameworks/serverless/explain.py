"""The framework's own message, found in its output, in front of everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seed.errors import SeedError
from seed.frameworks.errors import ConfigNotReadable, PackageFailed, VariableMissing

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HEAD = re.compile(r"^\s*(?:×|✖)?\s*(?:Serverless |Type|Reference|Syntax)?Error:?\s*(.*)$")
STOP = re.compile(
    r"^\s*(?:at\s|Get Support|Your Environment|Docs:|Support:|Bugs:|Environment:|Stack Trace|\d+ deprecation)"
)
VARIABLE = re.compile(
    r"cannot resolve|value not found|missing required (?:variable|parameter)|ssm parameter",
    re.IGNORECASE,
)
PARSE = re.compile(r"cannot parse|yaml|unexpected token|invalid configuration", re.IGNORECASE)
MOST_LINES = 8


def explain_failure(lines: Sequence[str], *, where: str) -> SeedError:
    """PackageFailed, VariableMissing or ConfigNotReadable, with the framework's words as its sentence."""
    said = message(lines)
    if VARIABLE.search(said):
        return VariableMissing(
            said, hint="Define it for this stage, or give it a default in the configuration.", where=where
        )
    if PARSE.search(said):
        return ConfigNotReadable(said, hint="Mend the file and push again.", where=where)
    return PackageFailed(said, hint="Nothing was deployed.", where=where)


def message(lines: Sequence[str]) -> str:
    clean = [ANSI.sub("", line).rstrip() for line in lines]
    for index, line in enumerate(clean):
        head = HEAD.match(line)
        if head:
            return _block([head[1], *clean[index + 1 :]])
    rest = [line for line in clean if line.strip()]
    return rest[-1].strip() if rest else "The framework ended without a word."


def _block(lines: Sequence[str]) -> str:
    """From the message to the first blank line after it, or the stack trace."""
    told: list[str] = []
    for line in lines:
        if STOP.match(line) or (told and not line.strip()):
            break
        if line.strip():
            told.append(line.strip())
        if len(told) == MOST_LINES:
            break
    return " ".join(told) or "The framework failed without a message."
