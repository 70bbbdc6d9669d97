"""Who is told of a stage's events, the mail server, and badges."""

from __future__ import annotations

import os
import sys
from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote

Event = Literal["started", "succeeded", "failed", "review", "promoted"]


def register(app: App) -> None:
    notifications = group(app, "notification", "Slack, e-mail and webhooks that are told of a stage's events.")
    notifications.command(list_notifications, name="list")
    notifications.command(slack, name="slack")
    notifications.command(email, name="email")
    notifications.command(webhook, name="webhook")
    notifications.command(change, name="change")
    notifications.command(remove, name="remove")
    notifications.command(send_test, name="test")
    notifications.command(log, name="log")
    notifications.command(resend, name="resend")
    mail = group(app, "mail", "The mail server that e-mails are sent through.")
    mail.command(show_mail, name="show")
    mail.command(set_mail, name="set")
    mail.command(remove_mail, name="remove")
    app.command(badge, name="badge")


def list_notifications(app: str, stage: str, *, json: Json = False) -> None:
    """Who is told of a stage's events."""
    found = api.Client().get(_path(app, stage))
    if json:
        return show.as_json(found)
    rows = [(str(n["id"]), n["kind"], f"{n['target']} {n['channel']}".strip(), ", ".join(n["events"]),
             "yes" if n["signed"] else "", n["problem"]) for n in found]  # fmt: skip
    return show.table(("id", "kind", "to", "events", "signed", "problem"), rows)


def slack(app: str, stage: str, *, channel: str = "", event: list[Event] | None = None, json: Json = False) -> None:
    """Tell a Slack channel. The incoming webhook's address is taken from SEED_NOTIFY_URL, or asked for.

    Parameters
    ----------
    channel
        where it is not the webhook's own.
    event
        which events, one or more times; all of them when missing.

    """
    body = {"kind": "slack", "url": _secret("SEED_NOTIFY_URL", "Address"), "channel": channel}
    _add(app, stage, body, event, json=json)


def email(app: str, stage: str, *recipients: str, event: list[Event] | None = None, json: Json = False) -> None:
    """Tell people by e-mail.

    Parameters
    ----------
    recipients
        one or more addresses.
    event
        which events, one or more times; all of them when missing.

    """
    _add(app, stage, {"kind": "email", "recipients": ",".join(recipients)}, event, json=json)


def webhook(app: str, stage: str, url: str = "", *, event: list[Event] | None = None, json: Json = False) -> None:
    """Tell an address of yours. What it is signed with is taken from SEED_NOTIFY_KEY, or asked for.

    Parameters
    ----------
    url
        taken from SEED_NOTIFY_URL, or asked for, when missing.
    event
        which events, one or more times; all of them when missing.

    """
    address = url or _secret("SEED_NOTIFY_URL", "Address")
    key = _secret("SEED_NOTIFY_KEY", "Key (empty: not signed)")
    _add(app, stage, {"kind": "webhook", "url": address, "key": key or None}, event, json=json)


def change(
    app: str, stage: str, number: int, *, channel: str = "", recipients: str = "", new_url: bool = False,
    new_key: bool = False, event: list[Event] | None = None, json: Json = False,
) -> None:  # fmt: skip
    """Change a notification; what is not given stays.

    Parameters
    ----------
    channel
        Slack's.
    recipients
        of e-mail, with commas between them.
    new_url
        take another address from SEED_NOTIFY_URL, or ask for it.
    new_key
        take another key from SEED_NOTIFY_KEY, or ask for it; an empty one is taken away.
    event
        which events, one or more times.

    """
    body: dict[str, Any] = {"channel": channel, "recipients": recipients, "events": event or []}
    if new_url:
        body["url"] = _secret("SEED_NOTIFY_URL", "Address")
    if new_key:
        body["key"] = _secret("SEED_NOTIFY_KEY", "Key (empty: not signed)")
    made = api.Client().patch(f"{_path(app, stage)}/{number}", body)
    show.as_json(made) if json else show.out(f"Told from now on: {made['target']}, of {', '.join(made['events'])}.")


def remove(app: str, stage: str, number: int, *, json: Json = False) -> None:
    """Remove a notification, with its log."""
    api.Client().delete(f"{_path(app, stage)}/{number}")
    show.as_json({"removed": number}) if json else show.out("Removed; what waited is not told any more.")


def send_test(app: str, stage: str, number: int, *, json: Json = False) -> None:
    """Send a message that says nothing happened."""
    made = api.Client().post(f"{_path(app, stage)}/{number}/test")
    show.as_json(made) if json else show.out(f"On its way; see: seed notification log {app} {stage}")


def log(app: str, stage: str, *, limit: int = 30, json: Json = False) -> None:
    """What was told or waits to be, newest first."""
    found = api.Client().get(f"{_path(app, stage)}/log", limit=limit)
    if json:
        return show.as_json(found)
    rows = [(str(d["id"]), show.age(d["at"]), d["kind"], d["target"], d["title"], d["state"], d["answer"])
            for d in found]  # fmt: skip
    return show.table(("id", "ago", "kind", "to", "what", "state", "answer"), rows)


def resend(app: str, stage: str, delivery: int, *, json: Json = False) -> None:
    """Send the same message again."""
    made = api.Client().post(f"{_path(app, stage)}/log/{delivery}/resend")
    show.as_json(made) if json else show.out(f"On its way; see: seed notification log {app} {stage}")


def badge(app: str, stage: str, switch: Literal["on", "off", ""] = "", *, json: Json = False) -> None:
    """Show the address of a stage's public badge, or switch it on or off.

    Parameters
    ----------
    switch
        on or off; off forgets the address for good.

    """
    client, path = api.Client(), f"/apps/{quote(app)}/stages/{quote(stage)}/badge"
    found = client.put(path, {"on": switch == "on"}) if switch else client.get(path)
    if json:
        return show.as_json(found)
    return show.out(
        f"![build]({found['url']})" if found["url"] else f"{stage} has no badge; seed badge {app} {stage} on"
    )


def show_mail(*, json: Json = False) -> None:
    """The mail server, without its password."""
    found = api.Client().get("/mail")
    if json:
        return show.as_json(found)
    user = f" as {found['username']}" if found["username"] else ""
    return show.out(f"{found['host']}:{found['port']} ({found['security']}){user}, from {found['sender']}")


def set_mail(
    host: str, sender: str, *, port: int = 587, security: Literal["starttls", "tls", "none"] = "starttls",
    username: str = "", json: Json = False,
) -> None:  # fmt: skip
    """Set the mail server. The password is taken from SEED_MAIL_PASSWORD, or asked for; nothing keeps the stored one.

    Parameters
    ----------
    host
        such as smtp.example.com.
    sender
        the address that mails come from.
    security
        `none` only for hosts that the operator allows in SEED_PRIVATE_HOSTS.
    username
        none when missing.

    """
    password = _secret("SEED_MAIL_PASSWORD", "Password (empty keeps the stored one)") if username else ""
    body = {"host": host, "sender": sender, "port": port, "security": security, "username": username,
            "password": password}  # fmt: skip
    made = api.Client().put("/mail", body)
    show.as_json(made) if json else show.out(f"Mail goes through {host}, from {sender}.")


def remove_mail(*, json: Json = False) -> None:
    """Forget the mail server and its password."""
    api.Client().delete("/mail")
    show.as_json({"removed": "mail"}) if json else show.out("Seed sends no e-mail any more.")


def _add(app: str, stage: str, body: dict[str, Any], events: list[Event] | None, *, json: bool) -> None:
    made = api.Client().post(_path(app, stage), {**body, "events": events or []})
    if json:
        return show.as_json(made)
    unsigned = " Its messages are not signed." if made["kind"] == "webhook" and not made["signed"] else ""
    return show.out(f"Told from now on: {made['target']}, of {', '.join(made['events'])}.{unsigned} Try it: "
                    f"seed notification test {app} {stage} {made['id']}")  # fmt: skip


def _path(app: str, stage: str) -> str:
    return f"/apps/{quote(app)}/stages/{quote(stage)}/notifications"


def _secret(variable: str, words: str) -> str:
    """Never an argument: that would stay in the shell's history."""
    if variable in os.environ or not sys.stdin.isatty():
        return os.environ.get(variable, "")
    from getpass import getpass

    return getpass(f"{words}: ")
