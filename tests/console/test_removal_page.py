"""Before a removal: what would go as a review tells it, and what stays because somebody else runs in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.changesets.templates import TABLE, stack
from tests.support.machines import stage_with
from tests.support.seeded import Seeded
from tests.support.web import application_of
from tests.work.account import deployed
from tests.work.test_whose_stack import ran

from seed.apps.records import Account
from seed.cli.removals import _shown


def beside(session: Session) -> str:
    """Another app runs by now in a stack that `dev` made; its slug."""
    stage, (service,) = stage_with(session, "billing")
    here = session.scalars(sa.select(Account).where(Account.name == "local")).one()
    account = session.get_one(Account, stage.account_id)
    account.aws_account, account.region, account.endpoint_url = here.aws_account, here.region, here.endpoint_url
    ran(session, stage, service, "orders-1")
    return stage.app.slug


def test_a_stack_in_which_another_app_runs_stays_and_the_page_and_the_api_say_so(
    own: Seeded, own_alice: TestClient
) -> None:
    slug = own.write(beside)

    page = own_alice.get("/apps/shop/settings/removal?stage=dev").text
    answer = own_alice.get("/api/v1/apps/shop/removals/preview?stage=dev").json()

    assert "1 stack stays, whatever is chosen here" in page
    assert f"billing of {slug} in dev runs in it" in page
    assert [(one["stack_name"], one["left_to"], one["headline"]) for one in answer] == [
        ("orders-1", f"billing of {slug} in dev", f"It stays: billing of {slug} in dev runs in it.")
    ]


def test_the_command_line_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    one: dict[str, Any] = {"stack_name": "orders-1", "service": "orders", "stage": "dev", "left_to": "a of b in c",
                           "headline": "It stays: a of b in c runs in it.", "resources": [], "findings": [], "stays": []}  # fmt: skip

    _shown([one], "dev")

    told = capsys.readouterr().out
    assert "orders-1 (orders in dev): stays\n  It stays: a of b in c runs in it." in told
    assert "No stack of its own is deployed there." in told


def test_what_is_found_is_told_as_a_review_tells_it(own: Seeded, own_alice: TestClient) -> None:
    table = stack(Orders={"Type": "AWS::DynamoDB::Table", "Properties": TABLE})
    exports = {name: {"Value": "x", "Export": {"Name": name}} for name in ("one", "other")}
    cloud = deployed(json.dumps({**table, "Outputs": exports}), "orders-1")
    application_of(own.server).state.world = replace(own.world, connect=lambda _: cloud)

    page = own_alice.get("/apps/shop/settings/removal?stage=dev").text

    assert "The table <code>Orders</code> is removed: its items are lost." in page
    assert "Removes the table <code>Orders</code> in dev: its items are lost.</p>" in page
    assert 'class="hint">To keep the old one, deploy DeletionPolicy: Retain first' in page
    assert "2 notices</span></summary>" in page, "what must be read stands open, the rest beneath it"
    assert page.index("its items are lost") < page.index("2 notices") < page.index("The export")
