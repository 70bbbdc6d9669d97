"""The hook of a local repository: tells Seed, and never stands in the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.support.repository import AUTHOR, Repository
from tests.support.waiting import eventually

from seed.git import install_post_receive_hook, verify
from seed.git.command import git
from seed.git.hook import HookInTheWay


class Ear:
    """A webhook receiver on loopback."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str, str]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((body, self.headers["X-Seed-Signature"], self.headers["X-Seed-Delivery"]))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1/hooks/app"


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def commit_with_hooks(folder: Path) -> None:
    import subprocess

    subprocess.run(["git", *AUTHOR, "commit", "-q", "--allow-empty", "-m", "Told"], cwd=folder, check=True)


def test_a_commit_in_a_working_copy_is_told_signed(tmp_path: Path, ear: Ear) -> None:
    repository = Repository(tmp_path / "r")
    install_post_receive_hook(repository.folder, ear.url, "the-secret")

    commit_with_hooks(repository.folder)

    body, signature, delivery = eventually(lambda: ear.heard and ear.heard[0], "the hook", 15)
    assert verify("the-secret", body, signature)
    assert delivery
    head = git(("rev-parse", "HEAD"), cwd=repository.folder).strip()
    assert (json.loads(body)["ref"], json.loads(body)["after"]) == ("refs/heads/main", head)


def test_a_push_to_a_bare_repository_is_told(tmp_path: Path, ear: Ear) -> None:
    import subprocess

    repository = Repository(tmp_path / "r")
    bare = tmp_path / "bare.git"
    git(("clone", "--quiet", "--bare", str(repository.folder), str(bare)))
    install_post_receive_hook(bare, ear.url, "the-secret")
    sha = repository.commit("Second", allow_empty=True)

    subprocess.run(["git", "push", "-q", str(bare), "main"], cwd=repository.folder, check=True)

    body, _, _ = eventually(lambda: ear.heard and ear.heard[0], "the hook", 15)
    assert json.loads(body)["after"] == sha


def test_seed_being_down_costs_a_commit_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    install_post_receive_hook(repository.folder, "http://127.0.0.1:9/x", "the-secret")

    commit_with_hooks(repository.folder)


def test_a_foreign_hook_is_left_alone(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    hook = repository.folder / ".git/hooks/post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho mine\n")

    with pytest.raises(HookInTheWay):
        install_post_receive_hook(repository.folder, "http://127.0.0.1:9/x", "the-secret")

    assert "echo mine" in hook.read_text()


def test_the_secret_lies_in_a_file_only_the_owner_reads(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")

    hook = install_post_receive_hook(repository.folder, "http://127.0.0.1:9/x", "the-secret")

    assert "the-secret" not in hook.read_text()
    assert (repository.folder / ".git/seed-webhook-secret").stat().st_mode & 0o777 == 0o600
