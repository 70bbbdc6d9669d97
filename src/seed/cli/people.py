"""Sign in and out; tokens."""

from __future__ import annotations

import getpass
import os
import sys

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group


def register(app: App) -> None:
    app.command(login)
    app.command(logout)
    token = group(app, "token", "Tokens for programs.")
    token.command(add_token, name="add")
    token.command(list_tokens, name="list")
    token.command(revoke_token, name="revoke")


def login(
    url: str = "",
    *,
    email: str = "",
    password_stdin: bool = False,
    token: str = "",
    json: Json = False,
) -> None:
    """Sign in to a server and remember it.

    Parameters
    ----------
    url
        the server's address; SEED_URL or http://127.0.0.1:8000 when missing.
    email
        asked for when missing.
    password_stdin
        read the password from standard input.
    token
        use this token instead of e-mail and password.

    """
    url = url or os.environ.get("SEED_URL") or api.DEFAULT_URL
    given = bool(token)
    if not given:
        email = email or input("E-mail: ")
        password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass("Password: ")
        body = {"email": email, "password": password, "name": f"cli {email}"}
        token = api.Client(url, "none").post("/login", body)["token"]
    who = api.Client(url, token).get("/me")
    api.save(url, token, ours=not given)
    show.as_json(who) if json else show.out(f"Signed in to {url} as {who['name']}.")


def logout(*, json: Json = False) -> None:
    """Forget the server and its token; one that signing in has made is good no more."""
    ended = _end_token(api.saved())
    api.config_file().unlink(missing_ok=True)
    if json:
        return show.as_json({"signed_in": False, "token_ended": ended})
    return show.out("Signed out." if ended else "Signed out here. The token stays as it is: seed token list, revoke.")


def _end_token(kept: dict[str, str]) -> bool:
    """False for one that was given to `login`, and for a server that does not answer or knows it no more."""
    if kept.get("ours") != "True":
        return False
    try:
        api.Client(kept.get("url", ""), kept.get("token", "")).post("/logout")
    except api.Told:
        return False
    return True


def add_token(name: str, *, scope: str = "deploy", days: float | None = 90, json: Json = False) -> None:
    """Make a token; it is shown this once.

    Parameters
    ----------
    name
        what it is for.
    scope
        read, deploy or admin.
    days
        how long it is good.

    """
    made = api.Client().post("/tokens", {"name": name, "scope": scope, "days": days})
    show.as_json(made) if json else show.out(made["token"])


def list_tokens(*, json: Json = False) -> None:
    """Your tokens."""
    found = api.Client().get("/tokens")
    if json:
        return show.as_json(found)
    return show.table(
        ("id", "name", "scope", "begins", "expires"),
        [(str(t["id"]), t["name"], t["scope"], t["prefix"], t["expires_at"] or "never") for t in found],
    )


def revoke_token(token_id: int, *, json: Json = False) -> None:
    """Make a token useless."""
    api.Client().delete(f"/tokens/{token_id}")
    show.as_json({"revoked": token_id}) if json else show.out(f"Token {token_id} is revoked.")
