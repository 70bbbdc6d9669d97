"""A hook for a local repository, so that a push (or, in a working copy, a commit) reaches Seed at once.

The hook never makes a push wait or fail: it speaks in the background, and Seed being down costs nothing
but the next poll. A hook that is not ours is left alone.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from seed.errors import Conflict
from seed.git.command import GitFailed, git
from seed.git.errors import RepositoryNotReadable

MARK = "# Tells Seed about new commits."
SCRIPT = """#!/bin/sh
{mark}
url={url}
secret_file={secret_file}
tell() {{
  body=$(printf '{{"ref":"%s","before":"%s","after":"%s"}}' "$3" "$1" "$2")
  URL="$url" SECRET_FILE="$secret_file" BODY="$body" python3 - <<'PYTHON' >/dev/null 2>&1 &
import hashlib, hmac, os, urllib.request, uuid
body = os.environ["BODY"].encode()
secret = open(os.environ["SECRET_FILE"]).read().strip().encode()
urllib.request.urlopen(urllib.request.Request(os.environ["URL"], body, {{
    "Content-Type": "application/json",
    "X-Seed-Delivery": str(uuid.uuid4()),
    "X-Seed-Signature": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest(),
}}), timeout=10)
PYTHON
}}
{feed}
exit 0
"""
BARE = 'while read -r before after ref; do tell "$before" "$after" "$ref"; done'
WORKING = (
    'tell "$(git rev-parse --quiet --verify HEAD~1 || true)" "$(git rev-parse HEAD)" '
    '"$(git symbolic-ref --quiet HEAD || true)"'
)


class HookInTheWay(Conflict):
    """The repository has a hook of its own of that name."""

    code = "hook-in-the-way"


def install_post_receive_hook(repository: Path, url: str, secret: str) -> Path:
    """`post-receive` in a bare repository, `post-commit` in a working copy. Returns the hook's path."""
    try:
        folder = Path(git(("-C", str(repository), "rev-parse", "--absolute-git-dir")).strip())
        bare = git(("-C", str(repository), "rev-parse", "--is-bare-repository")).strip() == "true"
    except GitFailed as error:
        raise RepositoryNotReadable(f"{repository} is no Git repository.", hint=error.said[:200]) from None
    hook = folder / "hooks" / ("post-receive" if bare else "post-commit")
    if hook.exists() and MARK not in hook.read_text(errors="replace"):
        raise HookInTheWay(f"{hook} exists and is not Seed's.", hint="Call Seed's webhook from it, or let Seed poll.")
    hook.parent.mkdir(exist_ok=True)
    secret_file = folder / "seed-webhook-secret"
    _write(secret_file, secret + "\n", 0o600)
    text = SCRIPT.format(
        mark=MARK,
        url=shlex.quote(url),
        secret_file=shlex.quote(str(secret_file)),
        feed=BARE if bare else WORKING,
    )
    _write(hook, text, 0o755)
    return hook


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
