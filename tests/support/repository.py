"""A small real repository: one service or several, whose files a test edits and commits."""

from __future__ import annotations

import shutil
from copy import copy
from pathlib import Path

from seed.git.command import git

AUTHOR = ("-c", "user.name=Alice", "-c", "user.email=alice@example.com")
SERVICE = """service: {name}
provider:
  name: aws
  runtime: nodejs22.x
  environment:
    LOG_LEVEL: info
functions:
  hello:
    handler: hello.handler
resources:
  Resources:
    Things:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions:
          - {{AttributeName: id, AttributeType: S}}
        KeySchema:
          - {{AttributeName: id, KeyType: HASH}}
"""
HANDLER = "exports.handler = async () => ({ ok: true });\n"


class Repository:
    """A working copy at `folder`, on branch main."""

    def __init__(self, folder: Path, services: tuple[str, ...] = ("api",)) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(("init", "--quiet", "--initial-branch=main"), cwd=folder)
        self.write("README.md", "A repository of a test.\n")
        for name in services:
            self.write(f"{name}/serverless.yml", SERVICE.format(name=name))
            self.write(f"{name}/hello.js", HANDLER)
        self.commit("First")

    def copied(self, folder: Path) -> Repository:
        """The same history to go on from."""
        shutil.copytree(self.folder, folder)
        made = copy(self)
        made.folder = folder
        return made

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, before: str, after: str) -> None:
        text = (self.folder / name).read_text()
        assert before in text
        self.write(name, text.replace(before, after))

    def commit(self, message: str, *, allow_empty: bool = False) -> str:
        git(("add", "--all"), cwd=self.folder)
        extra = ("--allow-empty",) if allow_empty else ()
        git((*AUTHOR, "commit", "--quiet", *extra, "--message", message), cwd=self.folder)
        return git(("rev-parse", "HEAD"), cwd=self.folder).strip()
