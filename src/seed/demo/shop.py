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


def make(folder: Path) -> str:
    """The repository with its first commit, whose id is the answer. There already: as it is."""
    if not (folder / ".git").is_dir():
        shutil.copytree(SAMPLE, folder)
        git(("init", "--quiet", "--initial-branch=main"), cwd=folder)
    return _commit_of(folder, FIRST) or _commit(folder, FIRST)


def push_change(folder: Path) -> str:
    """The second commit's id; it is made when it is not there."""
    there = _commit_of(folder, SECOND)
    if there:
        return there
    for name, before, after in EDITS:
        path = folder / name
        # What an interrupted telling has edited already stays as it is.
        path.write_text(path.read_text().replace(after, before).replace(before, after))
    return _commit(folder, SECOND)


def _commit_of(folder: Path, subject: str) -> str:
    """The newest commit of that subject; "" when there is none."""
    return git(("log", "--all", "--max-count=1", "--format=%H", f"--grep=^{subject}$"), cwd=folder).strip()


def _commit(folder: Path, message: str) -> str:
    git(("add", "--all"), cwd=folder)
    git((*AUTHOR, "commit", "--quiet", "--message", message), cwd=folder)
    return git(("rev-parse", "HEAD"), cwd=folder).strip()
