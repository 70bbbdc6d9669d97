"""The mail server that e-mails of all apps go through."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import SeedError
from seed.notify.mail_server import AskedServer, mail_server, remove_mail_server, set_mail_server
from seed.people.actor import Actor
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/mail")
def show(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _page(request, world, actor)


@router.post("/mail")
def change(
    request: Request, world: TheWorld, actor: TheActor, host: Text = "", port: Text = "", security: Text = "starttls",
    username: Text = "", password: Text = "", sender: Text = "",
) -> Response:  # fmt: skip
    """What was typed stays after a mistake, but for the password."""
    given = {"host": host.strip(), "port": port.strip(), "security": security, "username": username.strip(),
             "sender": sender.strip()}  # fmt: skip
    number = int(given["port"]) if given["port"].isdecimal() and len(given["port"]) < 6 else 0  # noqa: PLR2004, a port's
    try:
        with world.database.write() as session:
            asked = AskedServer(**{**given, "port": number}, password=password)  # type: ignore[arg-type]  # as above
            set_mail_server(session, actor, world.vault, asked, world.settings.private)
    except SeedError as error:
        return _page(request, world, actor, error=error, given=given)
    return RedirectResponse("/mail", HTTPStatus.SEE_OTHER)


@router.post("/mail/remove")
def remove(world: TheWorld, actor: TheActor) -> Response:
    with world.database.write() as session:
        remove_mail_server(session, actor)
    return RedirectResponse("/mail", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, *, error: SeedError | None = None, given: dict[str, str] | None = None
) -> Response:
    with world.database.read() as session:
        row = mail_server(session, actor)
    stored = {
        name: str(getattr(row, name, default))
        for name, default in (("host", ""), ("port", 587), ("security", "starttls"), ("username", ""), ("sender", ""))
    }
    return render(
        request, "mail.html", status=error.status if error else 200, server=row, error=error, given=given or stored
    )
