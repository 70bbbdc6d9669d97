"""The API: everything the console does, for those who may, in stable shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import EMAIL, PASSWORD, Seeded

from seed.git import sign
from seed.people.records import SignIn

READS = [
    "/me",
    "/tokens",
    "/accounts",
    "/apps",
    "/apps/shop",
    "/apps/shop/pipeline",
    "/apps/shop/activity",
    "/apps/shop/builds",
    "/apps/shop/builds?stage=prod&limit=1",
    "/apps/shop/stages/dev/builds/1",
    "/apps/shop/stages/dev/builds/1/logs/orders",
    "/apps/shop/stages/dev/builds/1/logs/orders/text",
    "/apps/shop/promotions",
    "/promotions/1",
    "/promotions/1/findings",
    "/apps/shop/verdicts",
    "/apps/shop/services/found",
    "/apps/shop/phases/proposal",
    "/apps/shop/checks",
    "/apps/shop/deliveries",
    "/apps/shop/forge/messages",
]
WRITES = [
    ("POST", "/apps", {"repository": "/x"}),
    ("POST", "/apps/shop/stages", {"name": "qa", "branch": "main"}),
    ("PATCH", "/apps/shop/stages/dev", {"account": "local"}),
    ("POST", "/apps/shop/stages/dev/keep", None),
    ("PATCH", "/apps/shop", {"poll_seconds": 60}),
    ("POST", "/accounts", {"name": "x", "kind": "local"}),
    ("POST", "/accounts/local/check", None),
    ("POST", "/apps/shop/stages/dev/deploy", {}),
    ("POST", "/apps/shop/stages/dev/promote", {}),
    ("POST", "/apps/shop/stages/prod/rollback", {"to": 1}),
    ("GET", "/apps/shop/webhook", None),
    ("PATCH", "/apps/shop/stages/prod", {"always_review": True}),
    ("DELETE", "/apps/shop/verdicts/1", None),
    ("POST", "/apps/shop/services", {"path": "orders"}),
    ("PATCH", "/apps/shop/services/orders", {"path": "users"}),
    ("PATCH", "/apps/shop/stages/dev", {"functions_only": True}),
    ("PATCH", "/apps/shop/stages/prod", {"post_deploy": ["env"]}),
    ("PATCH", "/apps/shop/automatic-stages/branch", {"on": True}),
    ("PUT", "/apps/shop/unit-tests", {"on": True}),
    ("PUT", "/apps/shop/phases", {"phases": [["orders", "users", "mails"]]}),
    ("PUT", "/apps/shop/checks", {"wait": True}),
    ("PUT", "/apps/shop/forge", {"forge": "github", "repository": "mike/shop", "secret": "x"}),
    ("DELETE", "/apps/shop/forge", None),
    ("POST", "/apps/shop/forge/check", None),
    ("PUT", "/apps/shop/check-code-change", {"check_code_change": "off"}),
]


@pytest.mark.parametrize("path", READS)
def test_a_reader_may_read(reader: TestClient, path: str) -> None:
    assert reader.get(path).status_code == 200


@pytest.mark.parametrize("path", READS)
def test_a_stranger_may_not(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not-signed-in"


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_reader_may_not_change_anything(reader: TestClient, method: str, path: str, body: Any) -> None:
    answer = reader.request(method, path, json=body)

    assert answer.status_code == 403, answer.text
    assert answer.json()["error"]["code"] == "not-allowed"


def test_signing_in_gives_a_token_that_is_shown_once(stranger: TestClient) -> None:
    made = stranger.post("/login", json={"email": EMAIL, "password": PASSWORD}).json()

    me = stranger.get("/me", headers={"Authorization": f"Bearer {made['token']}"})
    assert me.json()["name"] == "Alice"
    listed = stranger.get("/tokens", headers={"Authorization": f"Bearer {made['token']}"}).text
    assert made["token"] not in listed


@pytest.mark.parametrize("body", [{"email": EMAIL, "password": "wrong"}, {"email": "x@y.z", "password": PASSWORD}])
def test_signing_in_with_what_does_not_fit_is_refused(stranger: TestClient, body: dict[str, str]) -> None:
    assert stranger.post("/login", json=body).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/apps/nope", "/apps/shop/stages/nope/builds/1", "/apps/shop/stages/dev/builds/999", "/promotions/9999", "/nope"],
)
def test_what_is_not_there_is_not_found_in_one_shape(alice: TestClient, path: str) -> None:
    answer = alice.get(path)

    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"code", "sentence", "hint", "where"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/login", {}),
        ("/login", {"email": 1, "password": []}),
        ("/tokens", {"name": "x", "scope": "everything"}),
        ("/tokens", {"name": "x", "days": -1}),
        ("/apps", {"repository": "/x", "unknown": 1}),
        ("/promotions/1/confirm", {"digest": "x" * 1000}),
    ],
)
def test_what_makes_no_sense_is_invalid_in_the_same_shape(alice: TestClient, path: str, body: Any) -> None:
    answer = alice.post(path, json=body)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


def test_the_pipeline_has_a_cell_for_each_service_and_stage(alice: TestClient) -> None:
    found = alice.get("/apps/shop/pipeline").json()

    assert [column["kind"] for column in found["columns"]][-2:] == ["staging", "production"]
    assert {row["name"] for row in found["rows"]} == {"orders", "users", "mails"}
    assert found["rows"][0]["cells"]["prod"]["state"] in {"succeeded", "failed", "unchanged"}


def test_a_review_carries_its_text_its_markdown_and_its_digest(alice: TestClient) -> None:
    review = next(p for p in alice.get("/apps/shop/promotions").json() if p["severity"] == "danger")

    found = alice.get(f"/promotions/{review['id']}").json()

    assert "DANGER" in found["text"]
    assert found["markdown"]
    assert found["headline"]
    assert {service["service"] for service in found["services"]}


def test_a_file_of_the_code_is_read_before_and_after_if_the_review_names_it(alice: TestClient) -> None:
    reviews = [alice.get(f"/promotions/{one['id']}").json() for one in alice.get("/apps/shop/promotions").json()]
    number, service, resource, code = next(
        (review["id"], plan["service"], row["logical_id"], row["code"])
        for review in reviews for plan in review["services"] if plan["changes"]
        for row in plan["changes"]["resources"] if (row.get("code") or {}).get("files")
    )  # fmt: skip
    asked = {"service": service, "resource": resource, "path": code["files"][0]["path"]}

    found = alice.get(f"/promotions/{number}/code", params=asked)

    assert found.status_code == 200
    assert found.json()["before"] != found.json()["after"]
    for other in ({"path": "../../key"}, {"resource": "Nope"}, {"service": "nope"}):
        assert alice.get(f"/promotions/{number}/code", params={**asked, **other}).status_code == 404


def test_confirming_names_a_digest_and_another_one_is_refused(alice: TestClient) -> None:
    review = next(p for p in alice.get("/apps/shop/promotions").json() if p["state"] == "review")

    answer = alice.post(f"/promotions/{review['id']}/confirm", json={"digest": "sha256:other"})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "review-moved"


def test_rejecting_needs_a_reason(alice: TestClient) -> None:
    review = next(p for p in alice.get("/apps/shop/promotions").json() if p["state"] == "review")

    empty = alice.post(f"/promotions/{review['id']}/reject", json={"reason": "  "})
    said = alice.post(f"/promotions/{review['id']}/reject", json={"reason": "not today"})

    assert empty.status_code == 422
    assert (said.json()["state"], said.json()["reason"]) == ("rejected", "not today")


def test_a_webhook_is_heard_only_when_it_is_signed(stranger: TestClient) -> None:
    body = json.dumps({"ref": "refs/heads/nobody-follows-this", "after": "0" * 40}).encode()

    unsigned = stranger.post("/hooks/shop", content=body)
    signed = stranger.post("/hooks/shop", content=body, headers={"X-Seed-Signature": sign("s3cret-of-the-hook", body)})

    assert unsigned.json()["error"]["code"] == "wrong-signature"
    assert (signed.status_code, signed.json()) == (202, {"builds": []})


def test_a_sign_in_leaves_no_session_of_a_browser(stranger: TestClient, shop: Seeded) -> None:
    with shop.world.database.read() as session:
        before = session.scalar(sa.select(sa.func.count(SignIn.id)))

    stranger.post("/login", json={"email": EMAIL, "password": PASSWORD})

    with shop.world.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(SignIn.id))) == before


def test_waiting_for_what_is_so_already_answers_at_once(alice: TestClient) -> None:
    build = alice.get("/apps/shop/stages/dev/builds/1", params={"wait": 60, "seen": "queued"})

    assert build.json()["state"] != "queued"


def test_the_description_is_openapi_3_1_and_has_every_route(alice: TestClient) -> None:
    described = alice.get("/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert "/api/v1/promotions/{promotion_id}/confirm" in described["paths"]


def test_a_finding_is_accepted_marked_as_wrong_and_taken_back(alice: TestClient, reader: TestClient) -> None:
    found = next(rows for n in range(1, 20) if (rows := alice.get(f"/promotions/{n}/findings").json()))
    number = next(n for n in range(1, 20) if alice.get(f"/promotions/{n}/findings").json() == found)
    where = f"/promotions/{number}/findings/{found[0]['key']}"
    assert found[0]["sentence"]
    assert reader.post(f"{where}/accept", json={"reason": "why", "days": 1}).status_code == 403

    made = alice.post(f"{where}/accept", json={"reason": "known", "days": 7}).json()
    assert made["kind"] == "accepted"
    assert alice.get(f"/promotions/{number}/findings").json()[0]["verdict"]["reason"] == "known"
    shown = alice.get(f"/promotions/{number}").json()
    assert "Accepted by Alice until" in shown["text"]
    assert "known" in shown["markdown"]
    taken = alice.delete(f"/apps/shop/verdicts/{made['id']}").json()
    assert taken["withdrawn_by"] == "Alice"
    alice.post(f"{where}/wrong", json={"reason": "empty"})
    assert [row["kind"] for row in alice.get("/apps/shop/verdicts").json()] == ["wrong", "accepted"]
    assert alice.post(f"{where}/accept", json={"reason": "x", "days": 999}).status_code == 422
    assert {"finding.accepted", "finding.wrong", "finding.withdrawn"} <= {
        event["action"] for event in alice.get("/apps/shop/activity?limit=20").json()
    }


def test_the_activity_says_how_and_where(alice: TestClient) -> None:
    alice.patch("/apps/shop/stages/staging", json={"always_review": True})
    alice.put("/apps/shop/variables/LOG_LEVEL", json={"value": "debug", "stage": "dev"})

    events = {event["action"]: event for event in reversed(alice.get("/apps/shop/activity").json())}
    assert events["stage.always_review"]["how"] == "always"
    assert events["variable.set"]["how"] == "stage dev, plain"
    assert alice.delete("/apps/shop/variables/LOG_LEVEL?stage=dev").status_code == 204


def test_what_belongs_to_no_app_is_read_by_an_administrator(alice: TestClient, reader: TestClient) -> None:
    """Tokens, people, accounts, and what became of an app that is gone."""
    alice.post("/tokens", json={"name": "ci", "scope": "deploy"})

    assert alice.get("/activity?limit=1").json()[0]["how"] == "scope deploy"
    assert reader.get("/activity").status_code == 403
    assert alice.get("/activity?limit=0").status_code == 422


def test_a_stage_says_whether_every_promotion_is_read(alice: TestClient) -> None:
    assert alice.patch("/apps/shop/stages/staging", json={"always_review": True}).json()["always_review"] is True
    assert alice.patch("/apps/shop/stages/staging", json={"always_review": False}).json()["always_review"] is False
    smoke = ["npm run smoke", "npm run report"]
    assert alice.patch("/apps/shop/stages/staging", json={"post_deploy": smoke}).json()["post_deploy"] == smoke
    assert alice.patch("/apps/shop/stages/staging", json={"post_deploy": []}).json()["post_deploy"] == []
    wanted = {"on": True, "only": "feature/*", "most": 3, "remove": False}
    changed = alice.patch("/apps/shop/automatic-stages/pull-request", json=wanted).json()
    assert {name: changed[name] for name in wanted} == wanted
    assert alice.patch("/apps/shop/automatic-stages/tag", json=wanted).status_code == 422
    [branches, requests] = alice.get("/apps/shop/automatic-stages").json()
    assert (branches["on"], branches["copy_from"], requests) == (False, "dev", changed)
    assert alice.put("/apps/shop/unit-tests", json={"on": True}).json()["unit_tests"] is True
    assert alice.put("/apps/shop/unit-tests", json={"on": False}).json()["unit_tests"] is False
