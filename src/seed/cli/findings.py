"""Findings of a promotion: read them, accept one for a while, mark one as wrong."""

from __future__ import annotations

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote


def register(app: App) -> None:
    findings = group(app, "finding", "Findings of reviews, and what people say of them.")
    findings.command(list_findings, name="list")
    findings.command(accept, name="accept")
    findings.command(wrong, name="wrong")
    findings.command(verdicts, name="verdicts")
    findings.command(withdraw, name="withdraw")


def list_findings(promotion_id: int, *, json: Json = False) -> None:
    """The findings of a promotion with their keys, worst first."""
    found = api.Client().get(f"/promotions/{promotion_id}/findings")
    if json:
        return show.as_json(found)
    rows = [(f["key"], f["severity"], f["service"], f["sentence"], _said(f["verdict"])) for f in found]
    return show.table(("key", "severity", "service", "finding", "said"), rows)


def accept(promotion_id: int, key: str, *, reason: str, days: float = 30, json: Json = False) -> None:
    """Accept a finding for its app: it is folded away in every review until the time is over.

    Parameters
    ----------
    reason
        why, for those who read it next.
    days
        for so long.

    """
    body = {"reason": reason, "days": days}
    made = api.Client().post(f"/promotions/{promotion_id}/findings/{quote(key)}/accept", body)
    show.as_json(made) if json else show.out(f"Accepted until {made['until'][:10]}: {made['sentence']}")


def wrong(promotion_id: int, key: str, *, reason: str, json: Json = False) -> None:
    """Mark a finding as wrong: it stays in sight and says so.

    Parameters
    ----------
    reason
        why, for those who read it next.

    """
    made = api.Client().post(f"/promotions/{promotion_id}/findings/{quote(key)}/wrong", {"reason": reason})
    show.as_json(made) if json else show.out(f"Marked as wrong: {made['sentence']}")


def verdicts(app: str, *, json: Json = False) -> None:
    """What people said of an app's findings, newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/verdicts")
    if json:
        return show.as_json(found)
    rows = [(str(v["id"]), _said(v), v["service"], v["sentence"], v["reason"]) for v in found]
    return show.table(("id", "said", "service", "finding", "reason"), rows)


def withdraw(app: str, verdict_id: int, *, json: Json = False) -> None:
    """Take back what was said of a finding: it counts again."""
    made = api.Client().delete(f"/apps/{quote(app)}/verdicts/{verdict_id}")
    show.as_json(made) if json else show.out(f"Taken back: {made['sentence']}")


def _said(verdict: dict[str, str] | None) -> str:
    if verdict is None:
        return ""
    if verdict["withdrawn_at"]:
        return f"taken back by {verdict['withdrawn_by']}"
    until = f" until {verdict['until'][:10]}" if verdict["until"] else ""
    return f"{verdict['kind']} by {verdict['person']}{until}"
