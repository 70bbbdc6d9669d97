"""The caches of builds by the API."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.audit.records import AuditEvent


def fill(shop: Seeded, folder: Path) -> None:
    archive = folder / "tar"
    archive.write_bytes(b"x" * 1000)
    for cache in (shop.world.dependencies, shop.world.kept):
        cache.put("ab" * 32, archive)


def test_they_are_shown_and_cleared_one_by_one_or_both(
    alice: TestClient, reader: TestClient, shop: Seeded, tmp_path: Path
) -> None:
    fill(shop, tmp_path)

    shown = reader.get("/caches").json()
    assert [(one["name"], one["entries"], one["bytes"]) for one in shown] == [
        ("dependencies", 1, 1000),
        ("folders", 1, 1000),
    ]
    assert [one["most_bytes"] for one in shown] == [5120 * 1024**2, 2048 * 1024**2]

    assert [one["entries"] for one in alice.delete("/caches?name=folders").json()] == [1, 0]
    assert [one["entries"] for one in alice.delete("/caches").json()] == [0, 0]
    with shop.world.database.read() as session:
        told = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "cache.cleared").order_by(AuditEvent.id)
        )
        assert [(one.subject, one.details) for one in told] == [
            ("folders", {"entries": 1, "bytes": 1000}),
            ("dependencies", {"entries": 1, "bytes": 1000}),
            ("folders", {"entries": 0, "bytes": 0}),
        ]


def test_who_may_not_clears_nothing(reader: TestClient, alice: TestClient, shop: Seeded, tmp_path: Path) -> None:
    fill(shop, tmp_path)

    assert reader.delete("/caches").status_code == 403
    assert alice.delete("/caches?name=other").status_code == 404
    assert [one["entries"] for one in alice.get("/caches").json()] == [1, 1]


def test_where_builds_run_is_told(reader: TestClient, shop: Seeded) -> None:
    runner = shop.world.runner.describe()

    assert reader.get("/runner").json() == {
        "name": runner.name,
        "sandboxed": runner.sandboxed,
        "network": runner.network,
        "note": runner.note,
    }
