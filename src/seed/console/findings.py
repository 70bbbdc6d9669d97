"""What a person says of a finding, from the page that shows it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.changesets.findings import ASKED, RULES
from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.review_page import page
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.promotions import judge
from seed.promotions.find import promotion_of
from seed.promotions.verdicts import ACCEPTED, WRONG, finding_of

router = APIRouter()
Text = Annotated[str, Form()]
PAGE = "/promotions/{promotion_id:int}"


@router.get("/findings")
def show(request: Request, actor: TheActor) -> Response:
    """Every rule, to link to."""
    actor.must("read")
    return render(request, "findings.html", rules=(*RULES, *ASKED))


@router.post(f"{PAGE}/findings/{{key}}")
def say(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int, key: str,
    verdict: Text = "", reason: Text = "", days: Text = "",
) -> Response:  # fmt: skip
    try:
        with world.database.write() as session:
            promotion, said = finding_of(session, actor, known_id(promotion_id), key)
            if verdict == ACCEPTED:
                judge.accept(session, actor, promotion, said, reason, _days(days))
            elif verdict == WRONG:
                judge.mark_wrong(session, actor, promotion, said, reason)
            else:
                raise Invalid("Accept the finding, or mark it as wrong.", where="verdict")
    except SeedError as error:
        return page(request, world, actor, promotion_id, error)
    return RedirectResponse(f"/promotions/{promotion_id}#finding-{key}", HTTPStatus.SEE_OTHER)


@router.post(f"{PAGE}/verdicts/{{verdict_id:int}}/withdraw")
def withdraw(request: Request, world: TheWorld, actor: TheActor, promotion_id: int, verdict_id: int) -> Response:
    try:
        with world.database.write() as session:
            promotion = promotion_of(session, actor, known_id(promotion_id))
            row = judge.withdraw(session, actor, promotion.app, known_id(verdict_id))
            key = row.key
    except SeedError as error:
        return page(request, world, actor, promotion_id, error)
    return RedirectResponse(f"/promotions/{promotion_id}#finding-{key}", HTTPStatus.SEE_OTHER)


def _days(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid("Say for how many days it is accepted.", where="days") from None
