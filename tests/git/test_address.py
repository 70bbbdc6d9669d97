"""The address of a repository, and the login that it is read with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.guarded import guarded
from tests.support.leaks import written
from tests.support.repository import Repository

from seed.git import (
    InvalidRepositoryUrl,
    Mirror,
    RepositoryNotReadable,
    compare_link,
    normalise_url,
    parted,
    repository_path,
)
from seed.git.login import environment_of

TOKEN = "glpat/of+git=hush"


def test_a_password_in_an_address_is_never_told(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m.git", "http://user:the-password@127.0.0.1:9/x.git")

    with pytest.raises(RepositoryNotReadable) as refused:
        mirror.sync()

    assert "the-password" not in str(refused.value)


def test_a_login_reaches_its_host_and_no_file_and_no_command_line(repository: Repository, tmp_path: Path) -> None:
    with guarded(repository, "robin", TOKEN) as served:
        mirror = Mirror(tmp_path / "guarded.git", served.address)
        mirror.sync()
        sha = repository.commit("Second", allow_empty=True)
        Mirror(mirror.folder, served.clean, served.address.split("/")[2].rpartition("@")[0]).sync()
        with pytest.raises(RepositoryNotReadable):
            Mirror(mirror.folder, served.clean).sync()

    kept = b"".join(file.read_bytes() for file in mirror.folder.rglob("*") if file.is_file())
    ran = b" ".join(served.commands)
    assert mirror.head("main") == sha
    assert served.clean.encode() in kept
    assert b"remote-http" in ran
    assert not [one for one in written(TOKEN) if one in kept or one in ran]


def test_a_login_is_for_its_own_host_alone() -> None:
    helper = environment_of("https://example.com:8443/a/b", "robin:x")

    assert helper["GIT_CONFIG_KEY_0"] == "credential.https://example.com:8443.helper"
    assert environment_of("https://example.com/a/b", "") == {}


@pytest.mark.parametrize(
    ("url", "address", "login"),
    [
        ("https://robin:t%40k@example.com/a/b.git", "https://example.com/a/b.git", "robin:t%40k"),
        ("http://token@example.com", "http://example.com", "token"),
        ("https://example.com/a@b/c", "https://example.com/a@b/c", ""),
        ("ssh://git:word@example.com/a", "ssh://git@example.com/a", ""),
        ("git@example.com:a/b", "git@example.com:a/b", ""),
        ("/srv/a@b", "/srv/a@b", ""),
    ],
)
def test_an_address_and_its_login_part(url: str, address: str, login: str) -> None:
    assert parted(normalise_url(url)) == (address, login)
    assert repository_path(url) == repository_path(address)


def test_a_login_of_more_than_one_line_is_refused() -> None:
    with pytest.raises(InvalidRepositoryUrl):
        normalise_url("https://robin:a%0ahost=elsewhere@example.com/a")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b/compare/x...y"),
        ("git@gitlab.com:a/b.git", "https://gitlab.com/a/b/-/compare/x...y"),
        ("ssh://git@bitbucket.org/a/b", "https://bitbucket.org/a/b/branches/compare/y..x"),
        ("/srv/repository", None),
        ("https://git.example.com/a/b", None),
    ],
)
def test_the_page_that_compares_two_commits(url: str, link: str | None) -> None:
    assert compare_link(normalise_url(url), "x", "y") == link
