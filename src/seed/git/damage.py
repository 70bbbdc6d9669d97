"""Whether a mirror is damaged: told by what git says of it, and by what every whole one has."""

from __future__ import annotations

import re
from pathlib import Path

from seed.git.command import GitFailed, git

WORDS = re.compile(
    r"bad object|corrupt|did not send all necessary objects|not a git repository|bad config|unexpected line in"
    r"|inflate: |does not match index|far too short|is too small|unable to read|missing (blob|tree|commit|object)"
)
FAR = ("remote:", "fatal: remote error")
"""How a line begins that the other side said."""


def damage(folder: Path, said: str) -> str:
    """What is wrong, in git's words; "" where the reason for what it said lies elsewhere."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(FAR)]
    named = next((line for line in lines if WORDS.search(line)), "")
    return named or _wrong(folder)


def _wrong(folder: Path) -> str:
    try:
        bare = git(("--git-dir", str(folder), "config", "--type=bool", "--default=false", "core.bare")).strip()
        git(("--git-dir", str(folder), "for-each-ref", "--format=%(objecttype)"))
    except GitFailed as error:
        return error.said.splitlines()[0] if error.said else "no reason given"
    return "" if bare == "true" else "its config is not that of a mirror"
