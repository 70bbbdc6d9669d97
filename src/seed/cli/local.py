"""Commands that run on the server's machine: they import the server, and only when they are called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from cyclopts import App

from seed.cli import client as api


def register(app: App) -> None:
    app.command(serve)
    app.command(demo)


def serve(
    *,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    aws: Literal["local", "none"] | None = None,
) -> int:
    """Run the server: console, API, engine and the local AWS, in one process.

    Parameters
    ----------
    data
        folder of everything Seed keeps; .seed when missing.
    host
        address to listen on; 127.0.0.1 when missing.
    port
        port to listen on; 8000 when missing.
    aws
        local runs the embedded local AWS, none does not.

    """
    from seed.errors import SeedError

    try:
        from seed.server import serve as run
        from seed.settings import load

        run(load(data=data, host=host, port=port, aws=aws))
    except SeedError as error:
        return _refused(error)
    return api.DONE


def demo(*, once: bool = False, data: Path | None = None, port: int | None = None) -> int:
    """Play the demo: a sample app from its first push to a review with something dangerous in it.

    Parameters
    ----------
    once
        confirm it too, print a JSON summary, and end.
    data
        the demo's folder; .demo when missing.
    port
        port to listen on; 8000 when missing.

    """
    from seed.errors import SeedError

    try:
        from seed.demo import main

        main(once=once, data=data, port=port)
    except SeedError as error:
        return _refused(error)
    return api.DONE


def _refused(error: Exception) -> int:
    from seed.errors import SeedError

    assert isinstance(error, SeedError)  # noqa: S101, caught as one
    print(f"{error.code}: {error}", file=sys.stderr)  # noqa: T201, the command's output
    return api.FAILED
