"""The command line against a real server: text for people, JSON for programs, exit codes for scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.cli.running import Run
from tests.support.repository import Repository
from tests.support.seeded import EMAIL, PASSWORD

from seed.cli.apps import here

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("app", "list"), "shop"),
        (("app", "show", "shop"), "orders"),
        (("stage", "list", "shop"), "promotion only"),
        (("account", "list"), "production"),
        (("status", "shop"), "succeeded"),
        (("builds", "shop", "--stage", "prod"), "succeeded"),
        (("promotion", "list", "shop"), "review"),
        (("activity", "shop"), "app.added"),
        (("activity",), "token.made"),
        (("token", "list"), "cli"),
    ],
)
def test_each_list_is_a_table_and_with_json_the_apis_answer(run: Run, arguments: tuple[str, ...], told: str) -> None:
    text, as_json = run(*arguments), run(*arguments, "--json")

    assert (text.returncode, as_json.returncode) == (0, 0), text.stderr + as_json.stderr
    assert told in text.stdout
    assert json.loads(as_json.stdout)


def test_a_review_that_waits_exits_with_3(run: Run) -> None:
    waiting = next(p for p in json.loads(run("promotion", "list", "shop", "--json").stdout) if p["state"] == "review")

    shown = run("promotion", "show", str(waiting["id"]))

    assert shown.returncode == 3
    assert waiting["digest"] in shown.stdout
    assert "seed promotion confirm" in shown.stdout


def test_of_each_review_that_waits_the_list_tells_what_it_does_first(run: Run) -> None:
    head, *rows = run("promotion", "list", "shop").stdout.splitlines()
    at = head.index("WHAT WAITS")
    assert {bool(row[at:].strip()) for row in rows if "  review  " in row} == {True}
    assert not any(row[at:].strip() for row in rows if "  review  " not in row)
    assert any("Replaces the table OrdersTable in prod: its 1,204,331 items" in row[at:] for row in rows)


def test_the_code_of_a_review_is_read_line_by_line(run: Run) -> None:
    """Each file once, however many reviews and functions have it; of one that is gone, from all of it to nothing."""
    listed = json.loads(run("promotion", "list", "shop", "--json").stdout)
    reviews = [run("promotion", "code", str(one["id"])) for one in listed]
    shown = {one["id"]: run("promotion", "show", str(one["id"])).stdout for one in listed}
    told = next(one.stdout for one in reviews if one.returncode == 0)

    assert "orders: CreateOrderLambdaFunction\n--- src/create_js\n+++ src/create_js\n@@ -1,3 +1,4 @@" in told
    assert "-  return save(event, 5);\n+  return save(event, 10);\n" in told
    assert "--- old_js\n+++ /dev/null" in told
    named = [f"Code, line by line: seed promotion code {number}" in text for number, text in shown.items()]
    assert named == [one.returncode == 0 for one in reviews]
    assert any("This review lists no file of code." in one.stderr for one in reviews if one.returncode == 1)


def test_confirming_without_a_digest_and_without_a_terminal_is_refused(run: Run) -> None:
    answer = run("promotion", "confirm", "1")

    assert answer.returncode == 2
    assert "--digest" in answer.stderr


def test_an_error_is_a_sentence_and_a_hint_or_json(run: Run) -> None:
    text, as_json = run("status", "nope"), run("status", "nope", "--json")

    assert (text.returncode, as_json.returncode) == (1, 1)
    assert "There is no app 'nope'." in text.stderr
    assert "seed app list" in text.stderr
    assert json.loads(as_json.stdout)["error"]["code"] == "not-found"


def test_an_error_says_where_it_is(run: Run, tmp_path: Path) -> None:
    broken = Repository(tmp_path / "broken")
    broken.write("api/serverless.yml", "service: api\nprovider: [\n")
    broken.commit("Broken")

    assert "api/serverless.yml:3: " in run("app", "add", str(broken.folder)).stderr
    assert "poll_seconds: " in run("app", "edit", "shop", "--poll-seconds", "-1").stderr


def test_what_was_changed_of_an_app_is_said_and_nothing_else(run: Run) -> None:
    assert run("app", "edit", "shop", "--stages-at-once", "1").stdout == "At most 1 of its stages work at a time.\n"
    assert len(run("app", "edit", "shop", "--poll-seconds", "0", "--stages-at-once", "0").stdout.splitlines()) == 2


def test_a_repository_on_this_machine_may_be_spelled_as_an_address(tmp_path: Path) -> None:
    assert here(str(tmp_path)) == here(f"file://{tmp_path}") == tmp_path
    assert [here(other) for other in ("", f"file://{tmp_path}/none", "https://example.com/x", "x" * 5000)] == [None] * 4


@pytest.mark.parametrize("arguments", [("status",), ("status", "nope"), ("status", "shop", "--nope")])
def test_errors_of_every_kind_have_one_shape(run: Run, arguments: tuple[str, ...]) -> None:
    told = json.loads(run(*arguments, "--json").stdout)

    assert list(told["error"]) == ["code", "sentence", "hint", "where"]


@pytest.mark.parametrize("arguments", [("nope",), ("status",), ("deploy", "shop"), ("status", "shop", "--nope")])
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


@pytest.mark.parametrize(
    "settings", [{"SEED_URL": "ftp://somewhere"}, {"SEED_TOKEN": "no\ntoken"}], ids=["address", "token"]
)
def test_settings_that_cannot_be_are_wrong_usage(run: Run, settings: dict[str, str]) -> None:
    assert run("app", "list", more=settings).returncode == 2


def test_a_server_that_does_not_answer_is_told(run: Run) -> None:
    answer = run("app", "list", signed_in=False)

    assert answer.returncode == 1
    assert "does not answer" in answer.stderr or "sign in" in answer.stderr.lower()


def test_signing_in_is_remembered_in_a_file_only_the_owner_reads(run: Run, url: str, tmp_path: Path) -> None:
    signed = run("login", url, "--email", EMAIL, "--password-stdin", signed_in=False, given=f"{PASSWORD}\n")
    listed = run("app", "list", signed_in=False)
    config = tmp_path / ".config/seed/config.toml"

    assert signed.returncode == 0, signed.stderr
    assert "shop" in listed.stdout
    assert config.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in config.read_text()
    token = tomllib.loads(config.read_text())["token"]
    assert run("logout", signed_in=False).stdout == "Signed out.\n"
    assert not config.exists()
    assert "This token is not good" in run("app", "list", more={"SEED_TOKEN": token}).stderr


def test_a_token_that_was_given_outlives_signing_out(run: Run, url: str) -> None:
    token = json.loads(run("token", "add", "robot", "--json").stdout)["token"]
    run("login", url, "--token", token, signed_in=False)

    told = json.loads(run("logout", "--json", signed_in=False).stdout)

    assert told == {"signed_in": False, "token_ended": False}
    assert run("app", "list", more={"SEED_TOKEN": token}).returncode == 0


@pytest.mark.parametrize("repository", ["", "x" * 5000], ids=["empty", "longer than a name may be"])
def test_what_cannot_be_a_repository_is_told(run: Run, repository: str) -> None:
    answer = run("app", "add", repository)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert "Traceback" not in answer.stderr


def test_what_is_no_text_is_wrong_usage(run: Run) -> None:
    answer = run("status", "\udcff")

    assert (answer.returncode, "UTF-8" in answer.stderr) == (2, True)


def test_a_terminal_that_does_not_know_a_sign_shows_another(run: Run) -> None:
    answer = run("status", "caf\u00e9", more={"PYTHONIOENCODING": "ascii"})

    assert (answer.returncode, "There is no app 'caf?'." in answer.stderr) == (1, True)


def test_a_wrong_setting_is_named_with_what_to_do(run: Run) -> None:
    answer = run("serve", "--port", "99999")

    assert answer.returncode == 1
    assert "wrong-setting" in answer.stderr
    assert "SEED_PORT" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [(("--data", "/dev/null/x"), "The data folder"), (("--data", "fine", "--host", "999.1.1.1"), "999.1.1.1")],
)
def test_a_place_that_cannot_be_is_named_with_what_to_do(run: Run, arguments: tuple[str, ...], setting: str) -> None:
    answer = run("serve", "--port", "0", *arguments)

    assert answer.returncode == 1
    assert "wrong-setting: " in answer.stderr
    assert setting in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("change", "code"),
    [({}, 0), ({"Tags": [{"Key": "a", "Value": "b"}]}, 3), ({"TableName": "other"}, 4)],
)
def test_diff_needs_no_server_and_exits_by_what_it_found(
    run: Run, tmp_path: Path, change: dict[str, object], code: int
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps({"Resources": {"Table": TABLE}}))
    new.write_text(json.dumps({"Resources": {"Table": {**TABLE, "Properties": {**TABLE["Properties"], **change}}}}))

    for form in ("text", "json", "markdown", "aws"):
        assert run("diff", str(old), str(new), "--format", form, signed_in=False).returncode == code
    assert run("diff", "-", str(new), signed_in=False).returncode == 3


def test_client_commands_import_nothing_of_the_server() -> None:
    program = (
        "import sys; from seed.cli import accounts, apps, builds, diff, local, main, people, promotions, stages;"
        "print([n for n in ('sqlalchemy', 'fastapi', 'boto3', 'dbos', 'pydantic', 'httpx2') if n in sys.modules])"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ended.stdout.strip() == "[]"


def test_a_comparison_loads_no_other_command_and_nothing_of_the_network(tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    template.write_text('{"Resources": {}}')
    program = (
        "import atexit, sys; sys.argv = ['seed', 'diff', sys.argv[1], sys.argv[1]];"
        "atexit.register(lambda: print(sorted(n for n in ('cyclopts', 'http', 'hashlib') if n in sys.modules)));"
        "from seed.cli.start import main; main()"
    )

    ended = subprocess.run([sys.executable, "-c", program, str(template)], capture_output=True, text=True, check=True)

    assert ended.stdout.splitlines() == ["Nothing changes.", "[]"]


def test_no_other_command_loads_the_comparison() -> None:
    program = "import sys; from seed.cli.main import register; register(); print('seed.changesets' in sys.modules)"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ended.stdout == "False\n"
