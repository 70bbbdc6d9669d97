"""From what is stored of a connection to the forge it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from seed.forges.bitbucket import api as bitbucket
from seed.forges.github import api as github
from seed.forges.github.app import AppToken
from seed.forges.gitlab import api as gitlab
from seed.forges.http import Http, now
from seed.forges.port import ForgeApi
from seed.forges.webhooks import Forge

URLS: dict[Forge, str] = {"github": github.URL, "gitlab": gitlab.URL, "bitbucket": bitbucket.URL}


@dataclass(frozen=True, slots=True)
class Access:
    """Which repository, and as whom. `app` is a GitHub App's id: then the secret is its private key."""

    forge: Forge
    api_url: str
    repository: str
    secret: str = field(repr=False)
    app: str = ""


def connect(access: Access, private_hosts: frozenset[str], clock: Callable[[], datetime] = now) -> ForgeApi:
    """Nothing is said yet. Raises WrongKey or PrivateAddress where it never could be."""
    url = (access.api_url or URLS[access.forge]).rstrip("/")
    http = Http(url, private_hosts, github.HEADERS if access.forge == "github" else {"User-Agent": "seed"}, clock)
    if access.forge == "gitlab":
        return gitlab.GitlabApi(http, access.repository, access.secret)
    if access.forge == "bitbucket":
        return bitbucket.BitbucketApi(http, access.repository, access.secret)
    if access.app:
        return github.GithubApi(
            http, access.repository, AppToken(http, access.app, access.secret, access.repository, clock)
        )
    return github.GithubApi(http, access.repository, lambda: access.secret)
