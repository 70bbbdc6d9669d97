"""Write the generated parts of the docs, between their marks: settings, errors, commands, routes.

make docs        writes them; tests/docs fails while one is out of date
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import seed
from seed.errors import SeedError

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
WIDTH = "100"


def settings() -> str:
    """Every field of `Settings`."""
    from seed.settings import Settings

    rows = ["| setting | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = field.default if field.default not in ("", None) else ""
        rows.append(f"| `SEED_{name.upper()}` | `{default}` | {field.description} |".replace("``", ""))
    return "\n".join(rows)


def errors() -> str:
    """Every error that a person can meet."""
    rows = ["| code | HTTP | meaning |", "| --- | --- | --- |"]
    for kind in sorted(error_types(), key=lambda kind: kind.code):
        meaning = (kind.__doc__ or "").strip().splitlines()[0]
        rows.append(f"| `{kind.code}` | {kind.status} | {meaning} |")
    return "\n".join(rows)


def error_types() -> set[type[SeedError]]:
    """Every module is imported first, so that none is missed."""
    for module in pkgutil.walk_packages(seed.__path__, "seed."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[SeedError]] = {SeedError}
    waiting = [SeedError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.startswith("seed.") and kind not in found:
                found.add(kind)
                waiting.append(kind)
    return found


def commands() -> str:
    """The help of every command, as it is printed."""
    parts = []
    for name in command_names():
        words = name.split()
        ended = subprocess.run(
            [sys.executable, "-m", "seed.cli.main", *words, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": WIDTH, "TERM": "dumb", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        text = "\n".join(line.rstrip() for line in ended.stdout.strip().splitlines())
        parts.append(f"### seed {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def command_names() -> list[str]:
    from seed.cli import main

    if not list(_commands(main.app)):
        main.register()
    return sorted(_commands(main.app))


def _commands(app: Any, prefix: str = "") -> Iterator[str]:
    for name in app:
        if name.startswith("-"):
            continue
        below = list(_commands(app[name], f"{prefix}{name} "))
        yield from below or [f"{prefix}{name}"]


def routes() -> str:
    """Every route of the API's description."""
    from fastapi import FastAPI

    from seed import api

    app = FastAPI(openapi_url=None)
    api.install(app)
    described = api.describe(app)
    rows = ["| route | what it does |", "| --- | --- |"]
    for path, methods in sorted(described["paths"].items()):
        for method, route in sorted(methods.items()):
            words = (route.get("description") or route["summary"]).split("\n")[0]
            rows.append(f"| `{method.upper()} {path}` | {words} |")
    return "\n".join(rows)


def spec() -> str:
    """Every key of a build spec."""
    from seed.spec import KEYS

    rows = ["| key | shape | for one service | meaning |", "| --- | --- | --- | --- |"]
    rows += [f"| `{key.name}` | {key.kind} | {'yes' if key.each else ''} | {key.meaning} |" for key in KEYS]
    return "\n".join(rows)


def known_errors() -> str:
    """Every error of the catalogue, with its cause and fix."""
    from seed.known_errors import catalogue

    parts = []
    for one in sorted(catalogue(), key=lambda known: known.title.lower()):
        told = f"\n\nA review tells of it before it happens: `{one.finding}`." if one.finding else ""
        said = f"```text\n{one.examples[0]}\n```"
        parts.append(f"### {one.title}\n\n{said}\n\n{one.cause}\n\n{one.fix} ([source]({one.source})){told}")
    return "\n\n".join(parts)


BLOCKS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("settings.md", settings),
    "errors": ("errors.md", errors),
    "known errors": ("known-errors.md", known_errors),
    "commands": ("cli.md", commands),
    "routes": ("api.md", routes),
    "spec": ("build-spec.md", spec),
}


def outdated() -> list[str]:
    """The pages whose generated block is not what it should be."""
    return [page for page, text in _written() if (DOCS / page).read_text() != text]


def _written() -> Iterator[tuple[str, str]]:
    for name, (page, make) in BLOCKS.items():
        text = (DOCS / page).read_text()
        begin, end = f"<!-- {name}: generated by make docs -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        block = f"{begin}\n\n{make()}\n\n{end}"
        written, found = pattern.subn(lambda _match, block=block: block, text)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"docs/{page} has no place for {name}")
        yield page, written


def main() -> None:
    for page, text in list(_written()):
        (DOCS / page).write_text(text)
    print(json.dumps(sorted(page for page, _ in BLOCKS.values())))  # noqa: T201, what was written


if __name__ == "__main__":
    main()
