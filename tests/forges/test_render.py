"""What forges are told, in words; whatever comes from a repository stays text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seed.forges.render import (
    LARGEST_COMMENT,
    ToldBuild,
    ToldService,
    address_of,
    bounded,
    comment_of,
    deployment_of,
    mark_of,
    status_of,
)

LINK = "https://seed.example.com/apps/shop/dev/builds/3"
ORDERS = ToldService("orders", "succeeded", "", {"Endpoint": "https://x.execute-api.eu-west-1.amazonaws.com/dev"})
USERS = ToldService("users", "deploying", "", {})
BUILD = ToldBuild(9, 3, "running", "", "a" * 40, "dev", False, 0, LINK, (ORDERS, USERS))


@pytest.mark.parametrize(
    ("state", "told", "description"),
    [
        ("queued", "queued", "Build 3 waits for its turn"),
        ("running", "running", "Build 3 deploys to dev: 1 of 2 services done"),
        ("succeeded", "succeeded", "Build 3 is deployed to dev"),
        ("failed", "failed", "Build 3 failed: 1 of 2 services deployed"),
        ("cancelled", "cancelled", "Build 3 was cancelled"),
        ("skipped", "cancelled", "Build 3 was skipped: superseded by build 4"),
    ],
)
def test_a_status_says_how_far_it_is(state: str, told: str, description: str) -> None:
    status = status_of(replace(BUILD, state=state, reason="superseded by build 4"))

    assert (status.state, status.description, status.link) == (told, description, LINK)


def test_a_failure_names_the_service() -> None:
    failed = replace(BUILD, state="failed", services=(ORDERS, replace(USERS, state="failed", reason="no")))

    assert status_of(failed).description == "Build 3 failed: 1 of 2 services deployed (users)"


def test_all_pull_requests_share_one_context() -> None:
    assert status_of(BUILD).context == "seed/dev"
    assert status_of(replace(BUILD, stage="pr7", pull_request=7)).context == "seed/pr"


def test_a_deployment_knows_its_environment() -> None:
    production = deployment_of(replace(BUILD, stage="prod", production=True), "shop/9")
    request = deployment_of(replace(BUILD, stage="pr7", pull_request=7), "shop/9")

    assert (production.environment, production.production, production.transient) == ("prod", True, False)
    assert (request.environment, request.production, request.transient) == ("pr7", False, True)
    assert production.address == "https://x.execute-api.eu-west-1.amazonaws.com/dev"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "https://x.example.com/ and more", "http://x.example.com",
                                   "https://x.example.com/<script>", "https://x.example.com/)[x](y", "x\nhttps://y"])  # fmt: skip
def test_an_address_is_an_address_and_nothing_else(value: str) -> None:
    assert address_of(replace(BUILD, services=(replace(ORDERS, outputs={"A": value}),))) == ""


def comment(**changed: Any) -> str:
    return comment_of(7, mark_of("s", "shop", 7), replace(BUILD, **changed), [("prod", "**Nothing changes.**")]).text


def test_the_comment_holds_services_outputs_and_what_promoting_would_change() -> None:
    text = comment(state="succeeded")

    assert text.startswith("[//]: # (seed-")
    assert f"[build 3]({LINK})" in text
    assert "| `orders` | ✅ succeeded |" in text
    assert "- `orders` `Endpoint`: https://x.execute-api.eu-west-1.amazonaws.com/dev" in text
    assert text.endswith("#### Promoting this would change in prod\n\n**Nothing changes.**")


def test_hostile_text_stays_text() -> None:
    evil = "</details>|`<img src=x onerror=alert(1)>\n\n# Approved ![x](https://evil) @everyone\u202e"
    service = ToldService(evil, "failed", evil, {evil: evil})

    text = comment(services=(service,), stage="dev")

    assert "\n# Approved" not in text
    assert "\u202e" not in text
    row = next(line for line in text.splitlines() if line.startswith("| ") and "failed" in line)
    assert r"\@everyone" in row
    assert r"\<img" in row.split("failed", 1)[1]
    assert row.replace(r"\|", "").count("|") == 4, "no cell of its own"


def test_a_long_comment_is_cut_at_a_line_and_closed() -> None:
    lines = ["<details><summary>x</summary>", *("y" * 100 for _ in range(2000)), "</details>"]

    text = bounded(lines)

    assert len(text) <= 65_536
    assert LARGEST_COMMENT < 65_536 - 100
    assert text.count("<details>") == text.count("</details>")
    assert text.endswith("… the rest is shown in Seed.")


def test_the_mark_cannot_be_guessed_and_differs() -> None:
    marks = {mark_of(secret, app, number) for secret in "ab" for app in ("x", "y") for number in (1, 11)}

    assert len(marks) == 8
