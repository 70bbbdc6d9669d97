"""An app and its forge: what it tells us, what we tell it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote


def register(app: App) -> None:
    forges = group(app, "forge", "GitHub, GitLab, Bitbucket: connect an app with its forge.")
    forges.command(hooks, name="hooks")
    forges.command(connect, name="connect")
    forges.command(show_forge, name="show")
    forges.command(check, name="check")
    forges.command(disconnect, name="disconnect")
    forges.command(deliveries, name="deliveries")
    forges.command(messages, name="messages")
    forges.command(checks, name="checks")


def hooks(app: str, *, json: Json = False) -> None:
    """Where a forge, or any other sender, sends its webhooks, and the secret for them."""
    found = api.Client().get(f"/apps/{quote(app)}/webhook")
    addresses = {forge: f"{found['url']}/{forge}" for forge in ("github", "gitlab", "bitbucket")}
    addresses["other"] = found["url"]
    if json:
        return show.as_json({**addresses, "secret": found["secret"]})
    return show.table(("what", "value"), [*addresses.items(), ("secret", found["secret"])])


def connect(
    app: str,
    forge: Literal["github", "gitlab", "bitbucket"],
    *,
    repository: str = "",
    api_url: str = "",
    github_app: str = "",
    key_file: Path | None = None,
    no_statuses: bool = False,
    no_deployments: bool = False,
    no_comments: bool = False,
    json: Json = False,
) -> int:
    """Connect an app with its forge. The token is taken from SEED_FORGE_TOKEN, or asked for; never an argument.

    Parameters
    ----------
    repository
        owner/name; that of the app's address when missing.
    api_url
        of a server of your own, such as https://gitlab.example.com/api/v4.
    github_app
        the id of a GitHub App; then its private key is read from the key file.
    key_file
        the App's private key, in PEM.
    no_statuses
        set no statuses on commits.
    no_deployments
        make no deployments at GitHub.
    no_comments
        do not comment on pull requests.

    """
    body = {
        "forge": forge, "repository": repository, "api_url": api_url, "github_app": github_app,
        "secret": _secret(key_file), "statuses": not no_statuses, "deployments": not no_deployments,
        "comments": not no_comments,
    }  # fmt: skip
    client = api.Client()
    client.put(f"/apps/{quote(app)}/forge", body)
    return _checked(client.post(f"/apps/{quote(app)}/forge/check"), json=json)


def show_forge(app: str, *, json: Json = False) -> None:
    """How an app is connected."""
    found = api.Client().get(f"/apps/{quote(app)}/forge")
    if json:
        return show.as_json(found)
    told = [name for name in ("statuses", "deployments", "comments") if found[name]]
    show.out(f"{found['forge']}  {found['repository']}  tells: {', '.join(told) or 'nothing'}")
    waits = found["backlog"]
    if waits["waiting"]:
        what = "message waits" if waits["waiting"] == 1 else "messages wait"
        show.out(
            f"{waits['waiting']} {what} for it: {waits['problem']} It is asked again at {waits['next_at'][11:19]} UTC."
        )
    return show.out(f"Problem: {found['problem']}") if found["problem"] else None


def check(app: str, *, json: Json = False) -> int:
    """Ask the forge whether address and credentials are right."""
    return _checked(api.Client().post(f"/apps/{quote(app)}/forge/check"), json=json)


def disconnect(app: str, *, json: Json = False) -> None:
    """Delete the credentials, and tell the forge nothing more."""
    api.Client().delete(f"/apps/{quote(app)}/forge")
    show.as_json({"disconnected": app}) if json else show.out(f"{app} is not connected any more.")


def deliveries(app: str, *, limit: int = 30, json: Json = False) -> None:
    """What the forge told, and what came of it; newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/deliveries", limit=limit)
    if json:
        return show.as_json(found)
    rows = [(show.age(e["at"]), e["kind"], e["subject"], e["state"], e["outcome"]) for e in found]
    return show.table(("ago", "what", "about", "state", "what came of it"), rows)


def messages(app: str, *, limit: int = 30, json: Json = False) -> None:
    """What the forge was told, or is to be told; newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/forge/messages", limit=limit)
    if json:
        return show.as_json(found)
    rows = [(show.age(m["changed_at"]), m["target"], m["state"], m["problem"]) for m in found]
    return show.table(("ago", "what", "state", "problem"), rows)


def checks(app: str, wait: Literal["on", "off", ""] = "", *, names: str = "", json: Json = False) -> None:
    """Say whether a commit is deployed only after another CI's checks have succeeded; without on or off, show it.

    Parameters
    ----------
    wait
        on or off.
    names
        the checks that must succeed, with commas between them; every one that is told when missing.

    """
    if names and wait != "on":
        asked = f"seed forge checks {app} on --names …"
        raise api.Told({"code": "usage", "sentence": "Names are of checks that are waited for.", "hint": asked})
    client, path = api.Client(), f"/apps/{quote(app)}/checks"
    found: dict[str, Any] = client.put(path, {"wait": wait == "on", "names": names}) if wait else client.get(path)
    if json:
        return show.as_json(found)
    if not found["wait"]:
        return show.out(f"{app} waits for no checks.")
    show.out(f"{app} waits for {found['names'] or 'every check that is told'}.")
    for one in found.get("held_back", ()):
        show.out(f"  {one['stage']}: {one['commit'][:12]} {one['subject']} is held back: {one['why']}.")
    return None


def _checked(found: dict[str, Any], *, json: bool) -> int:
    if json:
        show.as_json(found)
    elif not found["problem"]:
        show.out(f"Connected with {found['repository']}.")
    else:
        show.out(f"Not connected: {found['problem']}")
    return api.FAILED if found["problem"] else 0


def _secret(key_file: Path | None) -> str:
    """Nothing keeps the one that is stored."""
    if key_file is not None:
        try:
            return key_file.read_text()
        except (OSError, UnicodeDecodeError):
            raise api.Told({"code": "usage", "sentence": f"{key_file} cannot be read."}) from None
    if "SEED_FORGE_TOKEN" in os.environ or not sys.stdin.isatty():
        return os.environ.get("SEED_FORGE_TOKEN", "")
    from getpass import getpass

    return getpass("Token (empty keeps the stored one): ")
