"""`seed lint`: check a build spec, before a push. No server, no account."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from seed.cli.main import Json


def register(app: App) -> None:
    app.command(lint)


def lint(path: Path = Path(), *, schema: bool = False, json: Json = False) -> int:
    """Check a build spec, seed.yml, and say everything that is wrong with it.

    Exits with 0 when it is good or not there, 1 when it is not.

    Parameters
    ----------
    path
        the file, or the folder of the repository.
    schema
        print the JSON schema of the file, for editors, instead.

    """
    import json as formats

    from seed import spec

    if schema:
        print(formats.dumps(spec.schema(), indent=2))  # noqa: T201, the command's output
        return 0
    file = path / spec.FILE if path.is_dir() else path
    try:
        there = file.exists() or not path.is_dir()
        text = file.read_bytes().decode(errors="replace") if there else ""
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)  # noqa: T201, same
        return 1
    found = spec.problems(text)
    if json:
        shape = [{"line": p.line, "key": p.key, "sentence": p.sentence, "hint": p.hint} for p in found]
        print(formats.dumps(shape, indent=2))  # noqa: T201, same
    else:
        print("\n".join(problem.at(str(file)) for problem in found) or f"{file} is good.")  # noqa: T201, same
    return 1 if found else 0
