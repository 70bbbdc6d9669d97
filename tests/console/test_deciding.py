"""What a review asks of who decides: confirming, rejecting, accepting a finding."""

from __future__ import annotations

import re

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.console.reviewing import find, state, unlocked
from tests.support.rows import DIGEST
from tests.support.seeded import Seeded

from seed.promotions.records import Promotion, ServicePlan


def test_only_routine_needs_no_reading_and_no_typing(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, has='mails-prod')}").text
    assert "Nothing here needs reading: only routine changes." in text
    assert "One click" in text
    assert 'name="stage"' not in text


def test_danger_asks_for_the_name_of_the_stage(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="OrdersTable")
    for typed in ("", "dev", "production"):
        answer = own_alice.post(f"/promotions/{number}/confirm", data={"digest": DIGEST, "stage": typed})
        assert answer.status_code == 422
        assert "Type the stage&#39;s name, prod" in answer.text
    assert state(own, number) == "review"
    unlocked(own)
    answer = own_alice.post(f"/promotions/{number}/confirm", data={"digest": DIGEST, "stage": " prod "})
    assert answer.status_code == 303
    assert state(own, number) == "confirmed"
    assert "Deploying to prod" in own_alice.get(f"/promotions/{number}").text


def test_who_confirms_is_told_there_what_is_lost_also_where_that_was_accepted(
    own: Seeded, own_alice: TestClient
) -> None:
    number = find(own, has="OrdersTable")
    said = '<span class="said bad">Deletes data: <code>OrdersTable</code> and <code>ScratchBucket</code>'
    text = own_alice.get(f"/promotions/{number}").text
    assert f"{said}; 1 more danger.</span> Type <strong>prod</strong>" in text
    for key in re.findall(r"/findings/([0-9a-f]{16})", text):
        given = {"verdict": "accepted", "reason": "why", "days": "30"}
        own_alice.post(f"/promotions/{number}/findings/{key}", data=given)
    assert f"{said}.</span> Type <strong>prod</strong>" in own_alice.get(f"/promotions/{number}").text


def test_what_is_over_still_tells_what_was_reviewed_and_spells_names_as_they_are(
    own: Seeded, own_alice: TestClient
) -> None:
    number = find(own, has="UserMails", services=1)
    moved = {"state": "stale", "reason": "users-prod was changed after the review was made"}
    own.write(lambda session: session.execute(sa.update(Promotion).where(Promotion.id == number).values(**moved)))
    own.write(lambda session: session.execute(sa.update(ServicePlan).values(stack_name="users-prod")))
    text = own_alice.get(f"/promotions/{number}").text
    assert ">users-prod was changed after the review was made.<" in text
    assert "What was reviewed" in text
    assert "Adds the topic <code>UserMails</code>." in text
    assert "What was reviewed" not in own_alice.get(f"/promotions/{find(own, has='OrdersTable')}").text


def test_a_finding_is_accepted_from_its_page_and_folded(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="OrdersTable")
    text = own_alice.get(f"/promotions/{number}").text
    keys = re.findall(r'action="/promotions/\d+/findings/([0-9a-f]{16})"', text)
    assert keys
    where = f"/promotions/{number}/findings/{keys[0]}"
    answer = own_alice.post(where, data={"verdict": "accepted", "reason": "", "days": "30"})
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert own_alice.post(where, data={"verdict": "accepted", "reason": "why", "days": "ever"}).status_code == 422
    assert own_alice.post(where, data={"verdict": "", "reason": "why", "days": "30"}).status_code == 422
    answer = own_alice.post(where, data={"verdict": "accepted", "reason": "<b>known</b>", "days": "30"})
    assert answer.status_code == 303
    text = own_alice.get(f"/promotions/{number}").text
    assert "1 accepted finding" in text
    assert "&lt;b&gt;known&lt;/b&gt;" in text
    assert text.index("1 accepted finding") < text.index(f'id="finding-{keys[0]}"')
    withdraw = re.findall(r'action="(/promotions/\d+/verdicts/\d+/withdraw)"', text)
    assert own_alice.post(withdraw[0]).status_code == 303
    assert "accepted finding" not in own_alice.get(f"/promotions/{number}").text


def test_a_finding_marked_as_wrong_stays_in_sight(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="OrdersTable")
    keys = re.findall(r"/findings/([0-9a-f]{16})", own_alice.get(f"/promotions/{number}").text)
    own_alice.post(f"/promotions/{number}/findings/{keys[0]}", data={"verdict": "wrong", "reason": "It is empty"})
    text = own_alice.get(f"/promotions/{number}").text
    assert "Marked as wrong by Alice" in text
    assert "accepted finding" not in text


def test_a_stage_may_want_every_promotion_read(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="mails-prod")
    unlocked(own)
    assert own_alice.post("/apps/shop/settings/stages/prod/review", data={"always": "yes"}).status_code == 303
    text = own_alice.get(f"/promotions/{number}").text
    assert "nothing here needs reading" not in text.lower()
    assert "I have read what changes" in text
    answer = own_alice.post(f"/promotions/{number}/confirm", data={"digest": DIGEST})
    assert answer.status_code == 422
    assert state(own, number) == "review"
    answer = own_alice.post(f"/promotions/{number}/confirm", data={"digest": DIGEST, "read_it": "yes"})
    assert answer.status_code == 303
    assert state(own, number) == "confirmed"


def test_another_digest_is_refused_and_said(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="mails-prod")
    answer = own_alice.post(f"/promotions/{number}/confirm", data={"digest": "sha256:other"})
    assert answer.status_code == 409
    assert "not the one that would run" in answer.text


def test_rejecting_needs_a_reason_and_shows_it(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="mails-prod")
    assert own_alice.post(f"/promotions/{number}/reject", data={"reason": " "}).status_code == 422
    assert own_alice.post(f"/promotions/{number}/reject", data={"reason": "<i>Not today</i>"}).status_code == 303
    text = own_alice.get(f"/promotions/{number}").text
    assert "&lt;i&gt;Not today&lt;/i&gt;" in text
    assert "Nothing was deployed" in text
