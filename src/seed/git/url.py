"""Addresses and branch names: what is taken, what is refused, and what is shown."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from seed.git.errors import InvalidBranchName, InvalidRepositoryUrl

SCP = re.compile(r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^:].*)")
FORBIDDEN_IN_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)")
LONGEST_BRANCH = 250
SCHEMES = ("https", "http", "ssh", "file")


def normalise_url(text: str) -> str:
    """A local path becomes absolute; other addresses stay as they are, once they are known to be harmless."""
    text = text.strip()
    if not text or text.startswith("-") or any(ord(c) < 32 for c in text):  # noqa: PLR2004, control characters
        raise InvalidRepositoryUrl(f"{text!r} is not a repository's address.", hint=_HINT)
    if "::" in text:
        raise InvalidRepositoryUrl("Git's remote helpers are not used.", hint=_HINT, where=text)
    if "://" in text:
        parts = urlsplit(text)
        if parts.scheme not in SCHEMES or (parts.hostname or "").startswith("-"):
            raise InvalidRepositoryUrl(f"Addresses with {parts.scheme}: are not read.", hint=_HINT)
        if any(ord(c) < 32 for part in user_and_password(parted(text)[1]) for c in part):  # noqa: PLR2004, as above
            raise InvalidRepositoryUrl("A user or a token has no control characters.", hint=_HINT)
        return text
    if SCP.fullmatch(text):
        return text
    return str(Path(text).expanduser().absolute())


def is_local(url: str) -> bool:
    return url.startswith(("/", "file://"))


def check_branch(name: str) -> str:
    """By the rules of git-check-ref-format."""
    bad = (
        not name
        or len(name) > LONGEST_BRANCH
        or name.startswith(("-", "/", "."))
        or name.endswith(("/", "."))
        or name == "@"
        or FORBIDDEN_IN_BRANCH.search(name)
    )
    if bad:
        raise InvalidBranchName(f"{name[:80]!r} cannot name a branch.", hint="git branch --list shows names.")
    return name


def repository_path(url: str) -> str:
    """`owner/name` as forges call it; "" for a repository on this machine."""
    if is_local(url):
        return ""
    found = SCP.fullmatch(url)
    path = found["path"] if found else urlsplit(url).path
    return path.strip("/").removesuffix(".git")


def parted(url: str) -> tuple[str, str]:
    """The address alone, and the login (`user:token`, as it is written there) that one of http carries, or "".
    The user of ssh is part of the address; a password is not, and ssh would not take it from there.
    """
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    login, at, host = place.rpartition("@")
    if scheme == "ssh":
        return f"ssh://{login.partition(':')[0]}{at}{host}{slash}{path}", ""
    return (f"{scheme}://{host}{slash}{path}", login) if scheme in {"https", "http"} else (url, "")


def user_and_password(login: str) -> tuple[str, str]:
    user, _, password = login.partition(":")
    return unquote(user), unquote(password)


def masked(url: str) -> str:
    """Without the password or token that an address may carry; ssh's usual user is none."""
    return re.sub(r"://(?!git@)[^/@\s]+@", "://***@", url)


def compare_link(url: str, before: str, after: str) -> str | None:
    """The page that compares two commits, at hosts that have one."""
    forge, page = _page(url)
    if forge == "github":
        return f"{page}/compare/{before}...{after}"
    if forge == "gitlab":
        return f"{page}/-/compare/{before}...{after}"
    return f"{page}/branches/compare/{after}..{before}" if forge else None


def commit_links(url: str) -> str | None:
    """What stands before a commit's hash in the address of its page, at hosts that have one."""
    forge, page = _page(url)
    way = {"github": "commit", "gitlab": "-/commit", "bitbucket": "commits"}
    return f"{page}/{way[forge]}/" if forge else None


def _page(url: str) -> tuple[str, str]:
    """(which forge, the repository's page); ('', '') where it is none of those known."""
    found = SCP.fullmatch(url)
    if found:
        host, path = found["host"], found["path"]
    else:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http", "ssh"}:
            return "", ""
        host, path = parts.hostname or "", parts.path
    forge = next((name for name in ("github", "gitlab", "bitbucket") if name in host), "")
    return forge, f"https://{host}/{quote(path.strip('/').removesuffix('.git'))}" if forge else ""


_HINT = "A local path, file://, https:// or ssh:// address, or user@host:path."
