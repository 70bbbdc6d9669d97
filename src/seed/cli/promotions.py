"""Promotions: ask, review, confirm, reject, roll back."""

from __future__ import annotations

import sys
from typing import Any

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.code import show_code
from seed.cli.main import Json, group, quote

WAIT_SECONDS = 30
BRIEF = 72
GOOD = frozenset({"promoted", "unchanged"})
OPEN = frozenset({"planning", "review", "confirmed", "deploying"})


def register(app: App) -> None:
    app.command(promote)
    app.command(rollback)
    promotion = group(app, "promotion", "Promotions: reviewed ways to production.")
    promotion.command(list_promotions, name="list")
    promotion.command(show_promotion, name="show")
    promotion.command(show_code, name="code")
    promotion.command(confirm, name="confirm")
    promotion.command(reject, name="reject")


def promote(
    app: str, source: str, *, to: str = "", service: list[str] | None = None, wait: bool = False, json: Json = False
) -> int:
    """Plan the promotion of a stage's working build, and print the review.

    Parameters
    ----------
    to
        the stage to promote to, where there are several.
    service
        only this service; may be given several times.
    wait
        wait until somebody has decided and it has ended.

    """
    server = api.Client()
    body = {"to": to, "services": service}
    asked = server.post(f"/apps/{quote(app)}/stages/{quote(source)}/promote", body)
    return _planned(server, asked["id"], wait=wait, json=json)


def rollback(
    app: str, stage: str, *, to: int, service: list[str] | None = None, wait: bool = False, json: Json = False
) -> int:
    """Plan going back to what ran at an earlier promoted build, and print the review.

    Parameters
    ----------
    to
        the number of the earlier build.
    service
        only this service; may be given several times.
    wait
        wait until somebody has decided and it has ended.

    """
    server = api.Client()
    asked = server.post(f"/apps/{quote(app)}/stages/{quote(stage)}/rollback", {"to": to, "services": service})
    return _planned(server, asked["id"], wait=wait, json=json)


def list_promotions(app: str, *, limit: int = 20, json: Json = False) -> None:
    """The promotions of an app, newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/promotions", limit=limit)
    if json:
        return show.as_json(found)
    rows = [
        (str(p["id"]), p["kind"], f"{p['source_stage']} {p['source_build']} → {p['target_stage']}", p["state"],
         p["severity"], show.age(p["created_at"]), _first_words(p["headline"]) if p["state"] == "review" else "")
        for p in found
    ]  # fmt: skip
    return show.table(("id", "kind", "from → to", "state", "severity", "ago", "what waits"), rows)


def _first_words(text: str) -> str:
    """As many as fit beside the rest."""
    line = text.partition("\n")[0]
    return line if len(line) <= BRIEF else f"{line[: BRIEF - 1].rstrip()}…"


def show_promotion(promotion_id: int, *, markdown: bool = False, json: Json = False) -> int:
    """The review of a promotion.

    Parameters
    ----------
    markdown
        print it as Markdown.

    """
    found = api.Client().get(f"/promotions/{promotion_id}")
    if json:
        show.as_json(found)
    elif markdown:
        show.out(found["markdown"])
    else:
        show.review(found)
    return _code(found)


def confirm(promotion_id: int, *, digest: str = "", wait: bool = False, json: Json = False) -> int:
    """Confirm a review: exactly what it showed is executed.

    Parameters
    ----------
    digest
        of the review you read. Asked for by showing the review when missing, on a terminal.
    wait
        wait until it is deployed.

    """
    server = api.Client()
    if not digest:
        digest = _ask(server.get(f"/promotions/{promotion_id}"))
    found = server.post(f"/promotions/{promotion_id}/confirm", {"digest": digest})
    if wait:
        found = _until(server, promotion_id, OPEN)
    show.as_json(found) if json else show.promotion(found)
    return _code(found)


def reject(promotion_id: int, *, reason: str, json: Json = False) -> None:
    """Reject a review, or take back what was confirmed and waits for its turn; its change sets are deleted.

    Parameters
    ----------
    reason
        why, for those who asked.

    """
    found = api.Client().post(f"/promotions/{promotion_id}/reject", {"reason": reason})
    show.as_json(found) if json else show.promotion(found)


def _planned(server: api.Client, promotion_id: int, *, wait: bool, json: bool) -> int:
    found = _until(server, promotion_id, frozenset({"planning"}))
    if not json:
        show.review(found)
    if wait and found["state"] in OPEN:
        found = _until(server, promotion_id, OPEN)
        if not json:
            show.promotion(found)
    if json:
        show.as_json(found)
    return _code(found)


def _until(server: api.Client, promotion_id: int, states: frozenset[str]) -> dict[str, Any]:
    """The promotion, once it is in none of `states`."""
    found: dict[str, Any] = server.get(f"/promotions/{promotion_id}")
    while found["state"] in states:
        found = server.get(f"/promotions/{promotion_id}", seen=found["state"], wait=WAIT_SECONDS)
    return found


def _code(found: dict[str, Any]) -> int:
    if found["state"] in {"review", "paused"}:
        return api.WAITING
    return api.DONE if found["state"] in GOOD | OPEN else api.FAILED


def _ask(found: dict[str, Any]) -> str:
    """Show the review and have the stage's name typed; a yes is enough where nothing needs reading."""
    if not sys.stdin.isatty():
        raise api.Told(
            {"code": "usage", "sentence": "Name the digest of the review: --digest", "hint": "seed promotion show ID"}
        )
    show.review(found)
    if found["needs_reading"]:
        agreed = input(f"\nType {found['target_stage']} to confirm: ").strip() == found["target_stage"]
    else:
        agreed = input("\nConfirm? [y/N] ").strip().lower() in {"y", "yes"}
    if not agreed:
        raise api.Told({"code": "not-confirmed", "sentence": "Not confirmed; nothing was deployed."})
    return str(found["digest"])
