"""Variables and secrets of an app and its stages; the keys they are sealed with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote
from seed.counting import counted

Kind = Literal["plain", "secret", "ssm", "secretsmanager"]


def register(app: App) -> None:
    variables = group(app, "variable", "Variables and secrets, for builds and functions.")
    variables.command(list_variables, name="list")
    variables.command(set_variable, name="set")
    variables.command(remove, name="remove")
    variables.command(history, name="history")
    variables.command(import_file, name="import")
    variables.command(export, name="export")
    keys = group(app, "keys", "The keys that secrets are sealed with.")
    keys.command(rotate, name="rotate")


def list_variables(app: str, *, stage: str = "", service: str = "", json: Json = False) -> None:
    """The variables of an app, or those that count in a stage.

    Parameters
    ----------
    stage
        those that count in it.
    service
        those that count for it.

    """
    found = _get(app, stage, service)
    if json:
        return show.as_json(found)
    rows = [
        (v["name"], v["stage"] or "all", v["service"] or "all", _value(v),
         str(v["version"]), v["person"], show.age(v["at"]))
        for v in found
    ]  # fmt: skip
    return show.table(("name", "stage", "service", "value", "version", "by", "ago"), rows)


def set_variable(
    app: str, name: str, value: str = "", *, stage: str = "", service: str = "", kind: Kind | None = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Set a variable; it counts from the next deployment on.

    Parameters
    ----------
    value
        its value, or the name of an SSM parameter or a secret; read from standard input when missing.
    stage
        in this stage only.
    service
        for this service only.
    kind
        `secret` is never shown again; `ssm` and `secretsmanager` name what is in the account.

    """
    text = value or _ask(name)
    body = {"value": text, "kind": kind or "", "stage": stage, "service": service}
    made = api.Client().put(f"/apps/{quote(app)}/variables/{quote(name)}", body)
    show.as_json(made) if json else show.out(f"{name} counts from the next deployment on.")


def remove(app: str, name: str, *, stage: str = "", service: str = "", json: Json = False) -> None:
    """Remove a variable.

    Parameters
    ----------
    stage
        the one of this stage.
    service
        the one of this service.

    """
    api.Client().delete(f"/apps/{quote(app)}/variables/{quote(name)}?stage={quote(stage)}&service={quote(service)}")
    show.as_json({"removed": name}) if json else show.out(f"Removed {name}; it is gone with the next deployment.")


def history(app: str, name: str, *, json: Json = False) -> None:
    """Who set a variable, and when."""
    found = [v for v in _get(app, "", "") if v["name"] == name]
    if json:
        return show.as_json(found)
    rows = [
        (v["stage"] or "all", v["service"] or "all", str(then["version"]), then["kind"], then["person"], then["at"])
        for v in found
        for then in v["history"]
    ]
    return show.table(("stage", "service", "version", "kind", "by", "at"), rows)


def import_file(
    app: str, file: Path, *, stage: str = "", service: str = "", kind: Kind | None = None, json: Json = False
) -> None:
    """Set every variable of a .env file, or none.

    Parameters
    ----------
    stage
        in this stage only.
    service
        for this service only.
    kind
        what they all are; when missing each stays what it is, and new ones are plain.

    """
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        raise api.Told({"code": "usage", "sentence": f"{file} cannot be read."}) from None
    body = {"text": text, "kind": kind or "", "stage": stage, "service": service}
    made = api.Client().post(f"/apps/{quote(app)}/variables/import", body)
    show.as_json(made) if json else show.out(f"Set {counted(len({v['name'] for v in made}), 'variable')}.")


def export(app: str, *, stage: str, service: str = "", json: Json = False) -> None:
    """What counts in a stage, as a .env file; secrets are named, without their values."""
    found = api.Client().get(f"/apps/{quote(app)}/variables/export", stage=stage, service=service)
    show.as_json(found) if json else show.out(found["text"].rstrip("\n"))


def rotate(*, json: Json = False) -> None:
    """Make a new master key, and seal everything with it; the server goes on working."""
    made = api.Client().post("/keys/rotate")
    show.as_json(made) if json else show.out(f"{made['values']} values are sealed with the new key.")


def _get(app: str, stage: str, service: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.Client().get(f"/apps/{quote(app)}/variables", stage=stage, service=service)
    return found


def _value(variable: dict[str, Any]) -> str:
    if variable["kind"] == "secret":
        return "(secret)"
    value = "(not shown)" if variable["value"] is None else variable["value"]
    return value if variable["kind"] == "plain" else f"{variable['kind']}: {value}"


def _ask(name: str) -> str:
    """Not on the command line: that would stay in the shell's history."""
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"{name}: ")
    return sys.stdin.read().removesuffix("\n")
