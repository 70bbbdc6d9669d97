"""The demo and the command line as a person has them: programs of their own, from a sample app to production.

One test, since each step goes on where the one before ended, on one server.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.repository import Repository
from tests.support.waiting import eventually

from seed.git.command import git

SEED = (sys.executable, "-m", "seed.cli.main")
DONE, FAILED, USAGE, WAITING = 0, 1, 2, 3


@dataclass
class Shell:
    """Where commands are typed: a home of its own, the demo's folder, the address and token of its server."""

    folder: Path
    url: str = ""
    printed: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Without PYTHONUNBUFFERED: what a program holds back when it ends would be lost to whoever reads it."""
        bare = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        token = self.folder / "demo/token"
        return {**bare, "SEED_URL": self.url, "SEED_TOKEN": token.read_text()} if self.url else bare

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*SEED, *arguments),
            env=self.environment,
            input="",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def json(self, *arguments: str, code: int = DONE) -> dict[str, Any]:
        ended = self.start(*arguments, "--json")
        assert ended.returncode == code, ended.stdout + ended.stderr
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shell")


@pytest.fixture(scope="module")
def told_once(folder: Path) -> subprocess.CompletedProcess[str]:
    return Shell(folder).start("demo", "--once", "--data", str(folder / "demo"))


@pytest.fixture(scope="module")
def shell(folder: Path, told_once: subprocess.CompletedProcess[str]) -> Iterator[Shell]:
    """Beside the demo, which is started again on what was told once. Ctrl-C ends it."""
    assert told_once.returncode == DONE
    made, printed = Shell(folder), folder / "printed"
    arguments = (*SEED, "demo", "--data", str(folder / "demo"), "--port", "0")
    with printed.open("w") as out:
        process = subprocess.Popen(arguments, env=made.environment, stdout=out)
    try:
        eventually(lambda: "Ctrl-C stops Seed" in printed.read_text(), "the demo's last words")
        made.printed = printed.read_text()
        made.url = re.search(r"Seed is up at (\S+)", made.printed)[1]
        yield made
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == DONE


@pytest.fixture(scope="module")
def repository(folder: Path) -> Repository:
    return Repository(folder / "cart")


def test_a_demo_and_then_an_app_of_ones_own_to_production_and_back(
    told_once: subprocess.CompletedProcess[str], shell: Shell, repository: Repository
) -> None:
    the_story_told_once_ends_well_and_prints_what_it_did(told_once)
    a_demo_started_again_finds_everything_as_it_was(shell)
    a_commit_in_its_repository_is_deployed(shell)
    an_app_is_added_with_the_hook_that_tells_of_commits(shell, repository)
    a_deploy_is_followed_to_its_end_and_its_log_is_kept(shell)
    a_promotion_waits_with_3_and_is_done_when_confirmed(shell)
    what_is_there_already_needs_no_review(shell)
    a_rejected_review_has_failed_for_a_script(shell, repository)
    going_back_is_reviewed_as_well(shell)
    a_build_that_fails_exits_with_1_and_says_why(shell, repository)
    an_account_is_added_checked_and_known(shell)
    what_has_ended_cannot_be_cancelled(shell)


def the_story_told_once_ends_well_and_prints_what_it_did(told_once: subprocess.CompletedProcess[str]) -> None:
    assert told_once.returncode == DONE, told_once.stdout + told_once.stderr
    summary = json.loads(told_once.stdout)

    assert [build["state"] for build in summary["builds"]] == ["succeeded"] * 4
    assert [promotion["state"] for promotion in summary["promotions"]] == ["promoted", "promoted"]
    assert summary["changes"]["orders"]["replace"] == 1
    assert summary["seconds"]["total"] > 0


def a_demo_started_again_finds_everything_as_it_was(shell: Shell) -> None:
    assert "is promoted already" in shell.printed
    builds = shell.start("builds", "shop", "--stage", "dev", "--json")
    assert sorted(build["number"] for build in json.loads(builds.stdout)) == [1, 2]
    assert "its 5 items (1,000 bytes) are lost" in shell.start("promotion", "show", "2").stdout


def a_commit_in_its_repository_is_deployed(shell: Shell) -> None:
    identity = ("-c", "user.name=Robin", "-c", "user.email=robin@example.com")
    git((*identity, "commit", "--quiet", "--allow-empty", "--message", "Nothing new"), cwd=shell.folder / "demo/shop")

    def deployed() -> bool:
        newest = json.loads(shell.start("builds", "shop", "--stage", "dev", "--json").stdout)[0]
        return (newest["number"], newest["trigger"], newest["state"]) == (3, "poll", "succeeded")

    eventually(deployed, "the build of the commit", 60)


def an_app_is_added_with_the_hook_that_tells_of_commits(shell: Shell, repository: Repository) -> None:
    added = shell.start("app", "add", str(repository.folder), "--name", "cart", "--hook")

    assert added.returncode == DONE, added.stderr
    assert "Added cart with 1 service: api." in added.stdout
    assert "New commits are told to Seed by" in added.stdout
    assert shell.start("app", "add", str(repository.folder / "nowhere")).returncode == FAILED
    alone = shell.start("app", "add", str(repository.folder), "--name", "alone", "--no-hook")
    assert "Nothing tells Seed of new commits yet" in alone.stdout, alone.stderr


def a_deploy_is_followed_to_its_end_and_its_log_is_kept(shell: Shell) -> None:
    followed = shell.start("deploy", "cart", "dev", "--follow")

    assert followed.returncode == DONE, followed.stdout + followed.stderr
    assert "api | Commit " in followed.stdout
    assert "cart dev build" in followed.stdout
    lines = shell.json("logs", "cart", "dev")["api"]
    assert any(line["text"].startswith("Commit ") for line in lines)
    assert "succeeded" in shell.start("status", "cart").stdout


def a_promotion_waits_with_3_and_is_done_when_confirmed(shell: Shell) -> None:
    planned = shell.json("promote", "cart", "dev", code=WAITING)
    shown = shell.start("promotion", "show", str(planned["id"]))

    assert shown.returncode == WAITING
    assert planned["digest"] in shown.stdout
    assert shell.start("promotion", "confirm", str(planned["id"])).returncode == USAGE
    assert shell.start("promotion", "confirm", str(planned["id"]), "--digest", "sha256:0").returncode == FAILED
    done = shell.json("promotion", "confirm", str(planned["id"]), "--digest", planned["digest"], "--wait")
    assert done["state"] == "promoted"


def what_is_there_already_needs_no_review(shell: Shell) -> None:
    assert shell.json("promote", "cart", "dev")["state"] == "unchanged"


def a_rejected_review_has_failed_for_a_script(shell: Shell, repository: Repository) -> None:
    repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    repository.commit("Say more")
    assert shell.json("deploy", "cart", "dev", "--follow")["state"] == "succeeded"
    planned = shell.json("promote", "cart", "dev", "--service", "api", code=WAITING)

    rejected = shell.start("promotion", "reject", str(planned["id"]), "--reason", "not today")

    assert rejected.returncode == DONE, rejected.stderr
    assert "not today" in rejected.stdout
    assert shell.start("promotion", "show", str(planned["id"])).returncode == FAILED


def going_back_is_reviewed_as_well(shell: Shell) -> None:
    planned = shell.json("promote", "cart", "dev", code=WAITING)
    shell.json("promotion", "confirm", str(planned["id"]), "--digest", planned["digest"], "--wait")

    back = shell.json("rollback", "cart", "prod", "--to", "1", code=WAITING)

    assert back["kind"] == "rollback"
    assert (
        shell.json("promotion", "confirm", str(back["id"]), "--digest", back["digest"], "--wait")["state"] == "promoted"
    )


def a_build_that_fails_exits_with_1_and_says_why(shell: Shell, repository: Repository) -> None:
    repository.write("api/serverless.yml", "service: api\nprovider: [\n")
    repository.commit("Break it")

    failed = shell.start("deploy", "cart", "dev", "--follow")

    assert failed.returncode == FAILED
    assert "cart dev build" in failed.stdout
    assert "failed" in failed.stdout


def an_account_is_added_checked_and_known(shell: Shell) -> None:
    added = shell.start("account", "add", "second", "--kind", "local")
    checked = shell.json("account", "check", "second")

    assert added.returncode == DONE, added.stderr
    assert checked["account"]
    assert "second" in shell.start("account", "list").stdout
    assert shell.start("account", "check", "nobody").returncode == FAILED


def what_has_ended_cannot_be_cancelled(shell: Shell) -> None:
    ended = shell.start("cancel", "cart", "dev", "1")

    assert ended.returncode == FAILED
    assert "succeeded" in ended.stderr
