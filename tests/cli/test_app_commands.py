"""What the command line says of an app and does to it."""

from __future__ import annotations

import json
import os
import pty
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.running import Run
from tests.support.seeded import Seeded

from seed.apps.records import App, Stage
from seed.cli.apps import with_login
from seed.connections.records import ForgeConnection, ForgeMessage
from seed.promotions.records import Promotion, ServicePlan
from seed.removals.records import Removal


def test_a_finding_is_listed_accepted_and_taken_back(run: Run) -> None:
    number = next(n for n in range(1, 20) if json.loads(run("finding", "list", str(n), "--json").stdout))
    key = json.loads(run("finding", "list", str(number), "--json").stdout)[0]["key"]

    made = run("finding", "accept", str(number), key, "--reason", "known", "--days", "7")

    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Accepted until 20")
    assert "accepted by Alice until" in run("finding", "list", str(number)).stdout
    verdict = json.loads(run("finding", "verdicts", "shop", "--json").stdout)[0]
    assert run("finding", "withdraw", "shop", str(verdict["id"])).stdout.startswith("Taken back")
    assert run("finding", "wrong", str(number), key, "--reason", "").returncode == 1
    assert run("finding", "wrong", str(number), key, "--reason", "empty").stdout.startswith("Marked as wrong")
    assert "taken back by Alice" in run("finding", "verdicts", "shop").stdout


def test_a_stage_is_told_to_have_every_promotion_read(run: Run) -> None:
    assert "Every promotion is read" in run("stage", "review", "shop", "staging", "always").stdout
    assert "What needs it is read" in run("stage", "review", "shop", "staging", "needed").stdout
    assert run("stage", "review", "shop", "staging", "never").returncode == 2


def test_phases_are_shown_arranged_and_proposed(run: Run) -> None:
    arranged = run("phase", "set", "shop", "users,mails", "orders")
    refused = run("phase", "set", "shop", "users,mails")
    proposed = run("phase", "propose", "shop", "--json")

    assert "mails, users" in arranged.stdout, arranged.stderr
    assert "orders stands in no phase." in refused.stderr
    assert json.loads(proposed.stdout)["phases"] == [["mails", "orders", "users"]]
    assert "Nothing is changed" in run("phase", "propose", "shop").stdout
    assert json.loads(run("phase", "list", "shop", "--json").stdout) == [["mails", "users"], ["orders"]]


def test_looking_at_what_runs_after_a_deployment_takes_nothing_away(run: Run) -> None:
    told = "After a deployment to prod: make smoke ; ls."
    assert told in run("stage", "post-deploy", "shop", "prod", "make smoke", "ls").stdout

    assert told in run("stage", "post-deploy", "shop", "prod").stdout

    assert "nothing more" in run("stage", "post-deploy", "shop", "prod", "--none").stdout
    assert "nothing more" in run("stage", "post-deploy", "shop", "prod").stdout
    assert run("stage", "post-deploy", "shop", "prod", "ls", "--none").returncode == 2
    assert "no stage 'nope'" in run("stage", "post-deploy", "shop", "nope").stderr


def test_services_are_found_and_changes_are_looked_for_another_way(run: Run) -> None:
    assert "orders" in run("service", "found", "shop").stdout
    assert "There is no service at 'nowhere'." in run("service", "add", "shop", "nowhere").stderr
    assert run("service", "check-by", "shop", "pnpm").returncode == 0
    assert "Unit tests of shop are on." in run("service", "unit-tests", "shop", "on").stdout
    said = run(
        "stage", "for-each", "shop", "branch", "on", "--only", "fix/*", "--remove", "yes", "--idle-days", "9"
    ).stdout
    assert "each branch (fix/*; 10 at most), as a copy of dev. Removed: with its branch, after 9 days." in said
    assert "each pull request" in run("stage", "automatic", "shop").stdout
    assert "No stage is made for each branch." in run("stage", "for-each", "shop", "branch", "off").stdout
    assert json.loads(run("app", "show", "shop", "--json").stdout)["check_code_change"] == "pnpm"


def test_an_app_is_checked(run: Run) -> None:
    found = run("app", "check", "shop")
    assert (found.returncode, "orders: osls 4 (bundled), fits." in found.stdout) == (0, True), found.stdout
    assert {one["fits"] for one in json.loads(run("app", "check", "shop", "--json").stdout)} == {True}


def test_new_code_may_go_straight_to_a_development_stage_only(run: Run) -> None:
    assert "straight to Lambda" in run("stage", "functions", "shop", "dev", "direct").stdout
    assert "everything there goes through CloudFormation" in run("stage", "functions", "shop", "prod", "direct").stderr
    assert (
        json.loads(run("stage", "functions", "shop", "dev", "cloudformation", "--json").stdout)["functions_only"]
        is False
    )


@pytest.mark.parametrize(("has", "asks"), [("mails-prod", "Confirm? [y/N]"), ("OrdersTable", "Type prod to confirm:")])
def test_a_yes_is_enough_where_nothing_needs_reading(run: Run, shop: Seeded, has: str, asks: str) -> None:
    with shop.world.database.read() as session:
        rows = session.scalars(sa.select(ServicePlan).join(Promotion).where(Promotion.state == "review")).all()
        by_promotion = {row.promotion_id: [one for one in rows if one.promotion_id == row.promotion_id] for row in rows}
    number = next(n for n, plans in by_promotion.items() if len(plans) == 1 and has in str(plans[0].changes))
    terminal, other = pty.openpty()
    os.write(terminal, b"no\n")

    said = run("promotion", "confirm", str(number), terminal=other)

    os.close(terminal)
    os.close(other)
    assert said.returncode == 1
    assert asks in said.stdout
    assert "nothing was deployed" in said.stderr


def test_a_list_of_stages_says_what_is_unusual_of_each(run: Run, shop: Seeded) -> None:
    long = "feature/" + "x" * 100
    values = {"pull_request": 7, "origin": "pull-request", "branch": long, "auto_deploy": False}
    shop.write(lambda session: session.execute(sa.update(Stage).where(Stage.name == "feature").values(**values)))
    run("stage", "promote", "shop", "staging", "findings")

    lines = run("stage", "list", "shop").stdout

    assert "pull request 7; pushes do not deploy it" in lines
    assert "promoted by itself, reviewed where there is a finding" in lines
    assert long not in lines, "it would push the rest out of the window"


def test_a_webhook_without_a_key_is_said_to_be_unsigned(run: Run) -> None:
    added = run("notification", "webhook", "shop", "dev", "https://hooks.example.com/x")

    assert "Its messages are not signed." in added.stdout


def test_the_removals_of_an_app_are_listed(run: Run, shop: Seeded) -> None:
    failed = Removal(app_id=1, app="shop", stage="login", asked_by="Alice", state="failed", reason="A bucket is full.")
    shop.write(lambda session: session.add(failed))

    lines = run("removal", "list", "shop").stdout.splitlines()

    assert lines[0].split()[:3] == ["REMOVAL", "OF", "STATE"]
    assert "login  failed  Alice" in lines[1]
    assert "A bucket is full." in lines[1]


def test_an_app_is_connected_with_its_forge(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("no key")
    wrong = run(
        "forge", "connect", "shop", "github", "--repository", "a/b", "--github-app", "1", "--key-file", str(key)
    )
    assert (wrong.returncode, "RSA private key" in wrong.stderr) == (1, True)

    made = run("forge", "connect", "shop", "gitlab", "--repository", "a/b", "--api-url", "https://forge.invalid")
    assert (made.returncode, "token" in made.stderr.lower()) == (1, True), "no token was given"

    hooks = json.loads(run("forge", "hooks", "shop", "--json").stdout)
    assert (hooks["gitlab"], hooks["other"].endswith("/hooks/shop")) == (f"{hooks['other']}/gitlab", True)
    assert "waits for ci/tests." in run("forge", "checks", "shop", "on", "--names", "ci/tests").stdout
    assert "waits for no checks" in run("forge", "checks", "shop", "off").stdout
    unsaid = run("forge", "checks", "shop", "--names", "ci/tests")
    assert (unsaid.returncode, "on --names" in unsaid.stderr) == (2, True)
    assert json.loads(run("forge", "deliveries", "shop", "--json").stdout) == []
    assert json.loads(run("forge", "messages", "shop", "--json").stdout) == []
    assert run("forge", "show", "shop").returncode == 1


def test_an_app_whose_forge_is_away_says_how_much_waits(shop: Seeded, run: Run) -> None:
    with shop.world.database.write() as session:
        app = session.scalars(sa.select(App).where(App.slug == "shop")).one()
        connection = ForgeConnection(app_id=app.id, forge="github", repository="a/b", sealed_secret=b"")
        waits = ForgeMessage(app_id=app.id, target="status", kind="status", build_id=1, body={},
                             problem="The forge answered 500.", due_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))  # fmt: skip
        session.add_all([connection, waits])

    said = run("forge", "show", "shop").stdout

    assert "1 message waits for it: The forge answered 500. It is asked again at 03:04:05 UTC." in said
    with shop.world.database.write() as session:
        session.delete(session.merge(connection))
        session.delete(session.merge(waits))


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://example.com/a/b", "https://robin:t%40k%2F@example.com/a/b"),
        ("https://eve@example.com/a", "https://eve@example.com/a"),
        ("git@example.com:a/b", "git@example.com:a/b"),
        ("/srv/a", "/srv/a"),
    ],
)
def test_a_login_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, address: str, whole: str) -> None:
    assert with_login(address) == address
    monkeypatch.setenv("SEED_REPOSITORY_LOGIN", "robin:t@k/")
    assert with_login(address) == whole
