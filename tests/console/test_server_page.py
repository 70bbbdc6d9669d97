"""Caches, keys and .env files on pages."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient
from tests.support.seeded import Seeded


def test_a_cache_is_shown_and_cleared(own_alice: TestClient, own: Seeded, tmp_path: Path) -> None:
    archive = tmp_path / "tar"
    archive.write_bytes(b"x" * 2 * 1024 * 1024)
    own.world.dependencies.put("ab" * 32, archive)
    assert own.world.dependencies.get("ab" * 32)

    page = own_alice.get("/server").text
    assert "1 entry, 2.0 of 5120.0 MB" in page
    assert "1 hits, 0 misses" in page
    assert own_alice.post("/server/caches/clear", data={"name": "dependencies"}).status_code == 303

    assert "1 entry" not in own_alice.get("/server").text
    assert own_alice.post("/server/caches/clear", data={"name": "x"}).status_code == 404


def test_where_builds_run_is_told(own_alice: TestClient, own: Seeded) -> None:
    runner = own.world.runner.describe()

    page = own_alice.get("/server").text

    assert runner.name in page
    assert ("in a sandbox" if runner.sandboxed else "without a sandbox") in page
    assert (runner.note or "Where builds run") in page


def test_the_master_key_is_rotated(own_alice: TestClient, own: Seeded) -> None:
    before = own.world.folders.key.read_bytes()

    answer = own_alice.post("/server/keys/rotate")

    assert answer.status_code == 200
    assert "values are sealed with the new key" in answer.text
    assert own.world.folders.key.read_bytes() != before


def test_what_counts_in_a_stage_is_saved_as_a_file_without_secrets(own_alice: TestClient) -> None:
    for name, value, kind in (("LOG", "debug", "plain"), ("KEY", "hush-hush", "secret")):
        own_alice.post("/apps/shop/variables", data={"name": name, "value": value, "kind": kind, "stage": "dev"})

    saved = own_alice.get("/apps/shop/variables/export?stage=dev")

    assert saved.headers["content-disposition"] == 'attachment; filename="variables.env"'
    assert saved.text == "# KEY is secret\nLOG=debug\n"
    assert own_alice.get("/apps/shop/variables/export?stage=prod").text == ""
    assert own_alice.get("/apps/shop/variables/export").status_code == 422
    assert "/apps/shop/variables/export" in own_alice.get("/apps/shop/variables").text
