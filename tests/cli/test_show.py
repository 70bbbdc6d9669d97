"""What the commands tell of a build that did not go well."""

from __future__ import annotations

import pytest

from seed.cli import show

KNOWN = {"title": "Rate exceeded", "cause": "Too many calls.", "fix": "Build again.", "source": "https://a.example/page",
         "finding": "name-taken"}  # fmt: skip


def test_a_build_tells_what_is_known_of_its_failure_and_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    service = {
        "service": "api", "state": "failed", "reason": "It failed.", "failure": {"known": KNOWN},
        "attempts": [{"number": 1, "reason": "Rate exceeded", "remove": True}],
    }  # fmt: skip
    show.build({
        "app": "shop", "stage": "dev", "number": 3, "state": "failed", "reason": "", "known": None, "promoted_at": None,
        "partly_promoted": False, "commit": "a" * 40,
        "subject": "S", "author": "A", "services": [service], "not_packaged": "It comes from a fork.",
    })  # fmt: skip

    said = capsys.readouterr().out
    for line in (
        "attempt 1: Rate exceeded The stack, never deployed well, was removed. Tried again by itself.",
        "Rate exceeded: Too many calls.", "→ Build again.", "https://a.example/page",
        "A review tells of it before it happens: name-taken",
        "Not packaged for the stages downstream. It comes from a fork.",
    ):  # fmt: skip
        assert line in said


def test_a_promotion_that_failed_tells_which_services_ran_and_which_did_not(capsys: pytest.CaptureFixture[str]) -> None:
    services = [{"service": name, "deployed": went} for name, went in (("api", "succeeded"), ("web", "failed"))]
    show.promotion({
        "id": 1, "app": "shop", "kind": "promotion", "state": "failed", "source_stage": "dev", "source_build": 2,
        "target_stage": "prod", "reason": "web: It failed.", "failure": None, "services": services,
    })  # fmt: skip

    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[-2:] == [["api", "succeeded"], ["web", "failed"]]
