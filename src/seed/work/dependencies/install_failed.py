"""Why dependencies could not be installed: the package manager's own words, and what is closed to it."""

from __future__ import annotations

from collections.abc import Sequence

from seed.frameworks.errors import InstallFailed
from seed.frameworks.serverless import InstallStep, explain_install
from seed.work.runner import is_note


def install_failed(step: InstallStep, lines: Sequence[str]) -> InstallFailed:
    """A place that is closed to builds is most often why a package manager gave up: it stands in the hint."""
    notes, said = _parted(lines)
    error = explain_install(step.name, said, where=step.folder or "the root")
    error.hint = " ".join((error.hint, *(f"{note.strip('[]')}." for note in notes)))
    return error


def is_closed(lines: Sequence[str]) -> bool:
    """Whether what it says of its failure names a place that was closed: then it fails again however it is run."""
    notes, said = _parted(lines)
    places = [note[1:].split()[0] for note in notes]
    return any(place in line for place in places for line in said)


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    return list(dict.fromkeys(filter(is_note, lines))), [line for line in lines if not is_note(line)]
