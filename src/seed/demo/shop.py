"""The sample's Git repository: made once, and its second commit, each with the same author and words."""

from __future__ import annotations

import shutil
from pathlib import Path

from seed.git.command import git

SAMPLE = Path(__file__).parent / "sample"
FIRST = "Take orders and invite people"
SECOND = "Look orders up by customer"
AUTHOR = ("-c", "user.name=Robin", "-c", "user.email=robin@example.com")
ORDERS = "services/orders"
EDITS = (
    # Harmless: one line of one function.
    (f"{ORDERS}/src/get.js", "log('order read', { id });", "log('order read', { id, at: Date.now() });"),
    # One environment variable.
    ("services/users/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug"),
    # Dangerous: a table's key. CloudFormation makes a new table and deletes the old one, with what is in it.
    (
        f"{ORDERS}/serverless.yml",
        "          - {AttributeName: id, KeyType: HASH}",
        "          - {AttributeName: customer, KeyType: HASH}\n          - {AttributeName: id, KeyType: RANGE}",
    ),
    (
        f"{ORDERS}/serverless.yml",
        "          - {AttributeName: id, AttributeType: S}",
        "          - {AttributeName: customer, AttributeType: S}\n          - {AttributeName: id, AttributeType: S}",
    ),
)


def make(folder: Path) -> Path:
    """The repository with its first commit. There already: as it is."""
    if (folder / ".git").is_dir():
        return folder
    shutil.copytree(SAMPLE, folder)
    git(("init", "--quiet", "--initial-branch=main"), cwd=folder)
    _commit(folder, FIRST)
    return folder


def push_change(folder: Path) -> None:
    """The second commit. There already: nothing."""
    if SECOND in git(("log", "--format=%s"), cwd=folder):
        return
    for name, before, after in EDITS:
        path = folder / name
        path.write_text(path.read_text().replace(before, after))
    _commit(folder, SECOND)


def _commit(folder: Path, message: str) -> None:
    git(("add", "--all"), cwd=folder)
    git((*AUTHOR, "commit", "--quiet", "--message", message), cwd=folder)
