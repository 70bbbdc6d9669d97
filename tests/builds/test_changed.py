"""Only what changed: the rules as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.builds.changed import Ran, Workspace, always, by_files, by_nx, by_workspace, inside

RAN = Ran(build=41, commit="a" * 40, path="services/users")
PATHS = st.sampled_from(["a", "b", "a/x", "b/y", "c", "", "a/x/y"])
FILES = st.lists(st.sampled_from(["a/1", "b/1", "a/x/1", "b/y/1", "c/1", "README", "lib/x", "a/x/y/z"]), max_size=4)


@pytest.mark.parametrize(
    ("ran", "facts", "reason"),
    [
        (None, {}, "its first deployment to this stage"),
        (RAN, {"forced": True}, "asked for by force"),
        (RAN, {"way": "off"}, "this app deploys every service each time"),
        (RAN, {"services": 1}, "it is the only service"),
        (Ran(41, "a" * 40, "services/users", failed_in=42), {}, "it did not end well in build 42"),
        (Ran(41, "a" * 40, "users"), {}, "it moved from users to services/users"),
        (Ran(41, "a" * 40, None), {}, ""),
        (RAN, {}, ""),
    ],
)
def test_when_files_are_not_asked(ran: Ran | None, facts: dict[str, object], reason: str) -> None:
    said = {"forced": False, "way": "git", "services": 2, **facts}
    assert always("services/users", ran, **said) == reason


@pytest.mark.parametrize(
    ("path", "others", "changed", "deploy", "reason"),
    [
        ("users", ["orders"], ["users/a.js"], True, "users/a.js has changed since build 41"),
        ("users", ["orders"], ["orders/a.js"], False, "unchanged since build 41: no file under users or shared"),
        ("users", ["orders"], ["shared/a.js"], True,
         "shared/a.js has changed since build 41; it is shared by the services"),
        ("users", ["orders"], ["users2/a.js"], True,
         "users2/a.js has changed since build 41; it is shared by the services"),
        ("a/b", ["a", "c"], ["a/x.js"], True,
         "a/x.js has changed since build 41; it belongs to the service around this one"),
        ("a", ["a/b"], ["a/b/x.js"], True, "a/b/x.js has changed since build 41"),
        ("a/b", ["a/c", ""], ["a/c/x.js"], True,
         "a/c/x.js has changed since build 41; it belongs to the service around this one"),
        ("", ["a"], ["a/x.js"], True, "a/x.js has changed since build 41"),
        ("users", ["orders"], [], False, "unchanged since build 41: no file under users or shared"),
    ],
)  # fmt: skip
def test_the_git_algorithm(path: str, others: list[str], changed: list[str], deploy: bool, reason: str) -> None:
    said = by_files(path, others, changed, 41)
    assert (said.deploy, said.reason) == (deploy, reason)


@given(PATHS, st.lists(PATHS, max_size=4, unique=True), FILES)
def test_the_git_algorithm_is_the_written_rule(path: str, every: list[str], changed: list[str]) -> None:
    others = [other for other in every if other != path]
    expected = any(
        inside(f, path)
        or not [o for o in others if inside(f, o)]
        or any(inside(path, o) for o in others if inside(f, o))
        for f in changed
    )
    assert by_files(path, others, changed, 1).deploy is expected


@given(PATHS, st.lists(PATHS, max_size=4, unique=True), FILES, FILES)
def test_more_changed_files_never_deploy_less(path: str, every: list[str], some: list[str], more: list[str]) -> None:
    others = [other for other in every if other != path]
    if by_files(path, others, some, 1).deploy:
        assert by_files(path, others, some + more, 1).deploy


SPACE = Workspace(
    folders={"services/users": "users", "services/web": "web", "packages/lib": "lib", "packages/base": "base"},
    needs={"users": {"lib"}, "lib": {"base"}, "web": set(), "base": set()},
)


@pytest.mark.parametrize(
    ("path", "changed", "deploy", "reason"),
    [
        ("services/users", ["services/users/a.js"], True, "services/users/a.js has changed since build 41"),
        ("services/users", ["packages/base/a.js"], True,
         "packages/base/a.js has changed since build 41; users depends on base"),
        ("services/web", ["packages/base/a.js"], False,
         "unchanged since build 41: neither web nor a package it depends on"),
        ("services/web", ["tsconfig.json"], True,
         "tsconfig.json has changed since build 41; it belongs to no package"),
        ("other", ["packages/base/a.js"], True, "other is no package of the workspace"),
    ],
)  # fmt: skip
def test_the_workspace_algorithm(path: str, changed: list[str], deploy: bool, reason: str) -> None:
    said = by_workspace(path, SPACE, changed, 41)
    assert (said.deploy, said.reason) == (deploy, reason)


def test_packages_that_depend_on_each_other_in_a_circle_end() -> None:
    space = Workspace({"a": "a", "b": "b"}, {"a": {"b"}, "b": {"a"}})
    assert by_workspace("a", space, ["b/x"], 1).deploy


PROJECTS = {"services/users": "users", "services/orders": "orders", "libs/mail": "mail"}


@pytest.mark.parametrize(
    ("path", "changed", "affected", "deploy", "reason"),
    [
        ("services/users", ["libs/mail/x.ts"], {"users", "mail"}, True, "nx calls users affected"),
        ("services/users", ["libs/mail/x.ts"], {"mail"}, False, "nx does not call users affected"),
        ("services/users", ["tsconfig.base.json"], set(), True, "tsconfig.base.json has changed since build 41; it belongs"),
        ("services/jobs", ["libs/mail/x.ts"], set(), True, "services/jobs is no project of nx"),
        ("services/users", ["libs/mail/x.ts"], "it ended with 1", True, "nx cannot tell what is affected: it ended with 1"),
        ("services/users", [], "nobody is asked", False, "unchanged since build 41"),
    ],
)  # fmt: skip
def test_nx_says_what_is_affected(
    path: str, changed: list[str], affected: set[str] | str, deploy: bool, reason: str
) -> None:
    said = by_nx(path, PROJECTS, changed, 41, lambda: affected)

    assert (said.deploy, reason in said.reason) == (deploy, True), said.reason
