"""An event's details in a few words."""

from __future__ import annotations

from typing import Any

import pytest

from seed.audit.how import MOST, how


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, ""),
        ({"before": "development", "kind": "production"}, "development → production"),
        ({"before": "main", "branch": ""}, "main → nothing"),
        ({"before": "old"}, "was old"),
        ({"stage": "dev", "service": "users", "kind": "secret"}, "stage dev, service users, secret"),
        ({"on": False}, "off"),
        ({"wait": True, "names": "ci"}, "on, names ci"),
        ({"keep": False, "skip_hooks": True, "stacks": ["a", "b"]}, "skip hooks, stacks a, b"),
        ({"phases": [["a", "b"], ["c"]]}, "phases a, b → c"),
        ({"source_build": 4}, "source build 4"),
        (
            {"sentence": "It is lost.", "until": "2026-12-27T22:54:30+00:00", "promotion": 5},
            "It is lost, until 2026-12-27 22:54 UTC",
        ),
        ({"said": "accepted by Alice"}, "accepted by Alice"),
        ({"reason": "told beside it", "commit": "c0ffee", "digest": "sha256:1", "removal": 7}, ""),
    ],
)
def test_details_in_words(details: dict[str, Any], said: str) -> None:
    assert how(details) == said


def test_long_details_are_cut() -> None:
    assert len(how({"order": ["stage"] * 100})) == MOST
