"""Everything that is audited is told in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.audit.record import record
from seed.console.activity_words import DONE
from seed.removals.records import Removal

SOURCE = Path(__file__).resolve().parents[2] / "src" / "seed"
STATES = {
    "promotion.": ("promoted", "failed", "unchanged"),
    "removal.": ("removed", "failed"),
    "finding.": ("accepted", "wrong"),
}
"""Of actions that end with what became of it."""
TELL = frozenset({"record", "_tell", "_told"})
ACTION = re.compile(r"[a-z]+\.[a-z_-]+")


def audited() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TELL:
                yield from (action for argument in call.args for action in spelled(argument))


def spelled(argument: ast.expr) -> Iterator[str]:
    for part in ast.walk(argument):
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            continue
        if part.value in STATES:
            yield from (f"{part.value}{state}" for state in STATES[part.value])
        elif ACTION.fullmatch(part.value):
            yield part.value


def test_a_removal_is_found_again_and_what_changed_is_told(own: Seeded, own_alice: TestClient) -> None:
    def happened(session: Session) -> int:
        removal = Removal(app_id=1, app="shop", stage="login", asked_by="Alice", state="failed")
        session.add(removal)
        session.flush()
        record(session, "Alice", "removal.failed", "login", app_id=1, removal=removal.id, reason="A bucket is full.")
        record(session, "Alice", "stage.kind", "qa", app_id=1, before="staging", kind="production")
        record(session, "Alice", "token.made", "ci", scope="deploy")
        return removal.id

    number = own.write(happened)

    page = own_alice.get("/apps/shop/activity").text
    assert f'href="/removals/{number}"' in page
    assert "staging → production" in page
    assert "scope deploy" not in page, "that belongs to no app"
    assert "scope deploy" in own_alice.get("/activity").text


def test_a_promotion_is_not_called_by_what_looks_like_a_build(own: Seeded, own_alice: TestClient) -> None:
    def happened(session: Session) -> None:
        record(session, "Alice", "promotion.rejected", "prod #5", app_id=1)
        record(session, "Alice", "rollback.asked", "prod #6", app_id=1)
        record(session, "seed", "promotion.expired", "#7", app_id=1)
        record(session, "Alice", "finding.wrong", "orders data-removed Scratch", app_id=1, promotion=5)

    own.write(happened)

    page = own_alice.get("/apps/shop/activity").text
    assert 'rejected <a href="/promotions/5">promotion 5 to prod</a>' in page
    assert 'asked for <a href="/promotions/6">rollback 6 of prod</a>' in page
    assert 'let expire <a href="/promotions/7">promotion 7</a>' in page
    assert 'marked as wrong the finding <a href="/promotions/5">orders data-removed Scratch</a>' in page


def test_what_is_audited_is_found() -> None:
    assert {"app.added", "variable.set", "service.moved", "promotion.promoted"} <= set(audited())


@pytest.mark.parametrize("action", sorted(set(audited())))
def test_what_is_audited_has_words(action: str) -> None:
    assert action in DONE
