"""A fact that is told."""

from __future__ import annotations

from datetime import UTC, datetime

from seed.notify.facts import Fact

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "https://seed.example.com"
FACT = Fact(
    event="started", app="shop", app_id=3, app_link=f"{URL}/apps/shop", stage="dev", stage_id=4,
    stage_link=f"{URL}/apps/shop/dev", at=AT.isoformat(), summary="A sentence.", build=12, build_id=99,
    build_link=f"{URL}/apps/shop/dev/builds/12", commit="a1b2c3d4e5", subject="Sort orders", person="Alice",
)  # fmt: skip
