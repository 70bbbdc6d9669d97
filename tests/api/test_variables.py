"""Variables by the API and in the console."""

from __future__ import annotations

from starlette.testclient import TestClient

HUSH = "hush-hush-secret"


def test_a_variable_is_set_listed_exported_and_removed(alice: TestClient) -> None:
    made = alice.put("/apps/shop/variables/LOG", json={"value": "debug", "stage": "dev"})
    assert made.status_code == 200, made.text
    assert made.json()[0]["value"] == "debug"
    assert alice.put("/apps/shop/variables/KEY", json={"value": HUSH, "kind": "secret"}).status_code == 200
    listed = alice.get("/apps/shop/variables")
    assert {one["name"] for one in listed.json()} == {"LOG", "KEY"}
    assert HUSH not in listed.text
    text = alice.get("/apps/shop/variables/export", params={"stage": "dev"}).json()["text"]
    assert text == "# KEY is secret\nLOG=debug\n"
    assert alice.post("/apps/shop/variables/import", json={"text": "A=1\nB='2 3'\n"}).status_code == 200
    for name, query in (("LOG", "?stage=dev"), ("KEY", ""), ("A", ""), ("B", "")):
        assert alice.delete(f"/apps/shop/variables/{name}{query}").status_code == 204
    assert alice.get("/apps/shop/variables").json() == []
    assert alice.delete("/apps/shop/variables/LOG").status_code == 404


def test_an_import_is_whole_or_not_at_all(alice: TestClient) -> None:
    assert alice.post("/apps/shop/variables/import", json={"text": "GOOD=1\nAWS_BAD=2\n"}).status_code == 422
    assert alice.get("/apps/shop/variables").json() == []


def test_who_may_not_is_refused(reader: TestClient, stranger: TestClient) -> None:
    assert reader.put("/apps/shop/variables/A", json={"value": "x"}).status_code == 403
    assert reader.get("/apps/shop/variables/export", params={"stage": "dev"}).status_code == 403
    assert reader.post("/keys/rotate").status_code == 403
    assert stranger.get("/apps/shop/variables").status_code == 401


def test_keys_are_rotated_while_the_server_works(alice: TestClient) -> None:
    before = alice.get("/apps/shop/webhook").json()["secret"]

    assert alice.post("/keys/rotate").json()["values"] >= 1

    assert alice.get("/apps/shop/webhook").json()["secret"] == before
