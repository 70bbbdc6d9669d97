"""Every command of `seed`. Client commands speak to a server by its API and import nothing of it.

Exit codes: 0 done, 1 failed, 2 usage, 3 waiting for review.
"""

from __future__ import annotations

import functools
import sys
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from seed import __version__
from seed.cli import client as api
from seed.cli.terminal import terminal

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]

app = App(
    name="seed",
    help="CI/CD for serverless apps on AWS: review the change set, then promote.",
    version=__version__,
    default_parameter=Parameter(negative=""),
)


@functools.cache
def register() -> None:
    """Every command, once for a process."""
    from seed.cli import (
        accounts,
        apps,
        builds,
        caches,
        diff,
        findings,
        forges,
        lint,
        local,
        notifications,
        people,
        promotions,
        removals,
        services,
        stages,
        variables,
    )

    for part in (
        people,
        apps,
        services,
        stages,
        accounts,
        builds,
        promotions,
        findings,
        forges,
        diff,
        lint,
        removals,
        local,
        variables,
        caches,
        notifications,
    ):
        part.register(app)


def main() -> None:
    """The program's entry."""
    if sys.argv[1:2] == ["diff"]:  # what is not plain
        from seed.cli import diff

        diff.register(app)
    else:
        register()
    with terminal():
        sys.exit(_run(wants_json="--json" in sys.argv))


def _run(*, wants_json: bool) -> int:
    """The exit code."""
    try:
        result = app(exit_on_error=False, print_error=not wants_json)
    except CycloptsError as error:
        if wants_json:
            api.tell(api.Told({"code": "usage", "sentence": str(error)}), as_json=True)
        return api.USAGE
    except api.Told as error:
        api.stop(error, as_json=wants_json)
    except UnicodeEncodeError:
        asked = api.Told({"code": "usage", "sentence": "What was given is not text in UTF-8."})
        api.stop(asked, as_json=wants_json)
    except EOFError:
        asked = api.Told({"code": "usage", "sentence": "Nobody is there to answer.", "hint": "seed COMMAND --help"})
        api.stop(asked, as_json=wants_json)
    return result if isinstance(result, int) else 0


def group(parent: App, name: str, words: str) -> App:
    made = App(name=name, help=words, default_parameter=Parameter(negative=""))
    parent.command(made)
    return made


def quote(name: Any) -> str:
    """A name as part of a path: whatever is in it, it stays one part."""
    from urllib.parse import quote as quoted

    return quoted(str(name), safe="")


if __name__ == "__main__":
    main()
