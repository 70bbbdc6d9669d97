"""What the commands tell of a build that did not go well."""

from __future__ import annotations

import pytest

from seed.cli import show

KNOWN = {"title": "Rate exceeded", "cause": "Too many calls.", "fix": "Build again.", "source": "https://a.example/page",
         "finding": "name-taken"}  # fmt: skip


REPORT = {
    "service": "api", "framework": "", "fits": False, "because": "No line fits.", "diff": "-frameworkVersion: '2'\n",
    "problems": [{"sentence": "Line 2 has ended.", "file": "serverless.yml", "line": 2, "fix": "Take it out."}],
}  # fmt: skip
TOLD = ("1 in the way. No line fits.", "✗ Line 2 has ended. (serverless.yml:2)", "→ Take it out.", "-frameworkVersion")


def test_a_build_tells_what_is_known_of_its_failure_and_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    service = {
        "service": "api", "state": "failed", "reason": "It failed.", "failure": {"known": KNOWN},
        "attempts": [{"number": 1, "reason": "Rate exceeded", "remove": True}],
        "downstream": [{"stage": "prod", "state": "failed", "failure": {"sentence": "No package.", "report": REPORT}},
                       {"stage": "eu", "state": "ready", "failure": None}],
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
        "package for prod: failed  No package.", *TOLD, "package for eu: ready\n",
    ):  # fmt: skip
        assert line in said


def test_a_promotion_that_failed_tells_which_services_ran_and_which_did_not(capsys: pytest.CaptureFixture[str]) -> None:
    services = [
        {"service": name, "deployed": went, "failure": None} for name, went in (("api", "succeeded"), ("web", "failed"))
    ]
    show.promotion({
        "id": 1, "app": "shop", "kind": "promotion", "state": "failed", "source_stage": "dev", "source_build": 2,
        "target_stage": "prod", "reason": "web: It failed.", "failure": None, "services": services,
    })  # fmt: skip

    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[-2:] == [["api", "succeeded"], ["web", "failed"]]


def test_a_promotion_without_a_package_tells_what_stops_each_service(capsys: pytest.CaptureFixture[str]) -> None:
    services = [
        {"service": name, "deployed": "", "failure": {"sentence": f"No package of {name}.", "report": REPORT}}
        for name in ("api", "web")
    ]
    show.promotion({
        "id": 1, "app": "shop", "kind": "promotion", "state": "failed", "source_stage": "dev", "source_build": 2,
        "target_stage": "prod", "reason": "api: No package of api.", "failure": services[0]["failure"],
        "services": services,
    })  # fmt: skip

    said = capsys.readouterr().out
    for name in ("api", "web"):
        assert said.count(f"{name}: No package of {name}.") == 1
    for line in TOLD:
        assert said.count(line) == 2
