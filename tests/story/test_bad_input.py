"""Bad input gets a clear error, and loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.repository import Repository
from tests.support.seeds import Seed

from seed.apps.accounts import add_account
from seed.apps.find import account_of, app_of
from seed.apps.records import Account
from seed.apps.stages import add_stage
from seed.aws.values import AccountSettings
from seed.errors import Invalid
from seed.frameworks.errors import ConfigNotReadable, NoServiceFound
from seed.git import BranchNotFound, InvalidBranchName, InvalidRepositoryUrl, RepositoryNotReadable, sign
from seed.git.command import git
from seed.work import intake
from seed.work.errors import WrongSignature
from seed.work.hearing import pushes


def test_a_repository_that_cannot_be_read_is_named_with_what_to_check(seed: Seed, tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotReadable) as refused:
        intake.add_app(seed.world, seed.alice, str(tmp_path / "nothing-here"))

    assert "nothing-here" in refused.value.sentence
    assert refused.value.hint


@pytest.mark.parametrize("url", ["ext::sh -c id", "--upload-pack=id", "ftp://example.com/x", "a\nb", ""])
def test_an_address_that_is_not_a_repository_is_refused(seed: Seed, url: str) -> None:
    with pytest.raises(InvalidRepositoryUrl):
        intake.add_app(seed.world, seed.alice, url)


def test_a_missing_branch_is_told_with_those_that_exist(seed: Seed, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")

    with pytest.raises(BranchNotFound) as refused:
        intake.add_app(seed.world, seed.alice, str(repository.folder), branch="release")

    assert "main" in refused.value.hint


@pytest.mark.parametrize("branch", ["--output=/etc/passwd", "a..b", "a b", "$(id)`", "x" * 300, "a.lock"])
def test_a_branch_name_that_git_would_not_take_is_refused(seed: Seed, tmp_path: Path, branch: str) -> None:
    repository = Repository(tmp_path / "r")

    with pytest.raises((InvalidBranchName, BranchNotFound)):
        intake.add_app(seed.world, seed.alice, str(repository.folder), branch=branch)


def test_a_repository_without_a_service_is_told_what_is_looked_for(seed: Seed, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", ())

    with pytest.raises(NoServiceFound) as refused:
        intake.add_app(seed.world, seed.alice, str(repository.folder))

    assert "serverless.yml" in refused.value.hint


def test_a_configuration_that_does_not_parse_is_told_with_its_line(seed: Seed, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    repository.write("api/serverless.yml", "service: api\nprovider: [\n")
    repository.commit("Broken")

    with pytest.raises(ConfigNotReadable) as refused:
        intake.add_app(seed.world, seed.alice, str(repository.folder))

    assert refused.value.where.startswith("api/serverless.yml:")


def test_a_failing_package_step_puts_the_frameworks_message_in_front_and_deploys_nothing(make_app: MakeApp) -> None:
    app = make_app()
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: ${env:THERE_IS_NO_SUCH_THING}")
    app.repository.commit("A variable that is not there")

    build = app.deploy()
    row = app.service(build, "api")

    assert build.state == "failed"
    assert row.failure["code"] == "variable-missing"
    assert "THERE_IS_NO_SUCH_THING" in app.log(row) or "provider.environment.LOG_LEVEL" in row.failure["sentence"]
    assert app.cloud.stack("api-dev") is None


def test_a_missing_ssm_parameter_at_package_time_is_told_as_one(make_app: MakeApp) -> None:
    app = make_app()
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: ${ssm:/not/there}")
    app.repository.commit("A parameter that is not there")

    row = app.service(app.deploy(), "api")

    assert row.state == "failed"
    assert row.failure["code"] == "variable-missing"


def test_a_service_that_left_the_repository_is_skipped_and_the_build_goes_on(make_app: MakeApp) -> None:
    app = make_app("api", "web")
    (app.repository.folder / "web/serverless.yml").unlink()
    app.repository.commit("No web any more")

    build = app.deploy()

    states = {row.service.name: (row.state, row.reason) for row in build.services}
    assert build.state == "succeeded"
    assert states["web"] == ("skipped", "not in this commit")


def test_a_build_in_which_every_service_is_skipped_has_failed(make_app: MakeApp) -> None:
    app = make_app()
    (app.repository.folder / "api/serverless.yml").unlink()
    app.repository.commit("Nothing left")

    assert app.deploy().state == "failed"


def test_what_a_failed_first_deployment_left_is_cleared_away_by_the_next(make_app: MakeApp) -> None:
    app = make_app()
    as_it_was = (app.repository.folder / "api/serverless.yml").read_text()
    imports = "      Type: AWS::SSM::Parameter\n      Properties: {Type: String, Value: !ImportValue nobody-exports}"
    app.repository.write("api/serverless.yml", _without_table(app.repository) + f"    Broken:\n{imports}\n")
    app.repository.commit("Cannot work")
    first = app.service(app.deploy(), "api")
    assert first.failure["code"] == "deployment-failed"
    assert "Broken" in first.failure["sentence"]

    app.repository.write("api/serverless.yml", as_it_was)
    app.repository.commit("Can work")
    second = app.service(app.deploy(), "api")

    assert second.state == "succeeded"
    assert second.stack_id != first.stack_id


def test_credentials_that_lead_to_another_account_than_before_are_refused(make_app: MakeApp) -> None:
    app = make_app()
    with app.world.database.write() as session:
        account = session.scalars(sa.select(Account).where(Account.name == app.account)).one()
        account.access_key_id = "999999999999"

    build = app.deploy()

    assert app.service(build, "api").failure["code"] == "wrong-account"


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        (AccountSettings("keys"), "access_key_id"),
        (AccountSettings("role"), "role_arn"),
        (AccountSettings("profile"), "profile"),
        (AccountSettings("role", role_arn="arn:aws:iam::1:role/x"), "role_arn"),
        (AccountSettings("local", region="the-moon"), "region"),
        (AccountSettings("profile", profile="p", endpoint_url="ftp://x"), "endpoint_url"),
    ],
)
def test_an_account_without_what_its_kind_needs_or_with_what_cannot_be_is_refused(
    seed: Seed, settings: AccountSettings, where: str
) -> None:
    with pytest.raises(Invalid) as refused, seed.world.database.write() as session:
        add_account(session, seed.alice, f"bad-{where.replace('_', '-')}", settings, seed.world.vault)

    assert refused.value.where == where


def test_a_webhook_with_a_wrong_signature_starts_nothing(make_app: MakeApp) -> None:
    app = make_app()
    body = json.dumps({"ref": "refs/heads/main", "after": "0" * 40}).encode()

    with pytest.raises(WrongSignature):
        pushes.hear_webhook(app.world, app.slug, body, "sha256=" + "0" * 64, "one")
    with pytest.raises(WrongSignature):
        pushes.hear_webhook(app.world, "no-such-app", body, sign("", body), "one")


def test_a_signed_push_deploys_the_stage_that_follows_the_branch_once(make_app: MakeApp) -> None:
    app = make_app()
    secret = pushes.webhook_secret(app.world, app.seed.alice, app.slug)
    after = app.repository.commit("Pushed", allow_empty=True)
    body = json.dumps({"ref": "refs/heads/main", "after": after}).encode()

    heard = pushes.hear_webhook(app.world, app.slug, body, sign(secret, body), "delivery-1")
    again = pushes.hear_webhook(app.world, app.slug, body, sign(secret, body), "delivery-1")
    other = json.dumps({"ref": "refs/heads/other", "after": after}).encode()
    elsewhere = pushes.hear_webhook(app.world, app.slug, other, sign(secret, other), "delivery-2")

    assert [build.commit for build in heard] == [after]
    assert again == []
    assert elsewhere == []
    assert app.ended(heard[0].id).state == "succeeded"


def test_a_commit_that_asks_to_be_skipped_is_not_built(make_app: MakeApp) -> None:
    app = make_app()
    app.repository.commit("Words only [skip ci]", allow_empty=True)

    assert pushes.hear_push(app.world, app.slug, "main", "", trigger="poll") == []


def test_a_branch_that_is_gone_keeps_no_other_stage_from_hearing_its_own(make_app: MakeApp) -> None:
    app = make_app()
    git(("branch", "feature"), cwd=app.repository.folder)
    with app.world.database.write() as session:
        found = app_of(session, app.seed.alice, app.slug)
        account = account_of(session, app.seed.alice, app.account)
        add_stage(session, app.seed.alice, found, "feature", "feature", account).position = 0
    git(("branch", "--delete", "--force", "feature"), cwd=app.repository.folder)

    heard = pushes.hear_push(app.world, app.slug, "", "", trigger="poll")

    assert [app.ended(build.id).stage.name for build in heard] == ["dev"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"not json", b'{"ref": 1}', b'{"ref": "refs/heads/-x"}'])
def test_a_signed_body_that_is_no_push_is_refused_by_name(make_app: MakeApp, body: bytes) -> None:
    app = make_app()
    secret = pushes.webhook_secret(app.world, app.seed.alice, app.slug)

    with pytest.raises(Invalid):
        pushes.hear_webhook(app.world, app.slug, body, sign(secret, body), "one")


def _without_table(repository: Repository) -> str:
    text = (repository.folder / "api/serverless.yml").read_text()
    return text.split("    Things:")[0]


def test_a_failed_package_step_tells_what_stops_the_service(make_app: MakeApp) -> None:
    app = make_app()
    config = (app.repository.folder / "api/serverless.yml").read_text()
    app.repository.write("api/serverless.yml", f"{config}\nplugins:\n  - serverless-not-there\n")
    app.repository.commit("A plugin that nobody installs")

    row = app.service(app.deploy(), "api")

    report = (row.failure or {})["report"]
    assert [one["code"] for one in report["problems"]] == ["plugin-missing"]
    assert '+    "serverless-not-there": "*"' in report["diff"]
