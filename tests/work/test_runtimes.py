"""Which node and python a service gets: orders are kept or refused, wishes are met as nearly as they can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.spec import Runtime
from seed.work.dependencies.runtimes import Installed, Picked, RuntimeMissing, Runtimes, asked_of, choose
from seed.work.dependencies.version_files import Asked
from seed.work.runner import Command, LocalRunner

N18, N20, N201 = Path("/n18"), Path("/n20"), Path("/n201")
HERE = [
    Installed("node", "20.5.0"),
    Installed("node", "18.19.1", N18),
    Installed("node", "20.1.0", N20),
    Installed("node", "20.10.0", N201),
    Installed("python", "3.11.2"),
]


def order(version: str, name: str = "node") -> Asked:
    return Asked(name, version, "seed.yml", firm=True, service="api")


def wish(version: str, name: str = "node") -> Asked:
    return Asked(name, version, ".nvmrc")


@pytest.mark.parametrize(
    ("asked", "roots", "note"),
    [
        (order("20"), (), "node 20.5.0, as seed.yml asks"),  # the host's own fits
        (order("18"), (N18,), "node 18.19.1, as seed.yml asks"),
        (order("20.1"), (N20,), "node 20.1.0, as seed.yml asks"),  # 20.10 is another
        (order("20.10.0"), (N201,), "node 20.10.0, as seed.yml asks"),
        (wish("18.2.0"), (N18,), "node 18.19.1, as .nvmrc asks, the nearest to 18.2.0"),
        (wish("16"), (), ".nvmrc asks for node 16; the server does not have it: node as usual"),
        (wish("3.11.9", "python"), (), "python 3.11.2, as .nvmrc asks, the nearest to 3.11.9"),
        (wish("3.1", "python"), (), ".nvmrc asks for python 3.1; the server does not have it: python as usual"),
    ],
)
def test_what_is_chosen(asked: Asked, roots: tuple[Path, ...], note: str) -> None:
    chosen = choose([asked], HERE)

    assert chosen.roots == roots
    assert chosen.notes == (note,)


def test_an_order_that_cannot_be_met_says_what_there_is() -> None:
    with pytest.raises(RuntimeMissing) as raised:
        choose([order("22")], HERE)

    assert raised.value.sentence == (
        "api asks for node 22, which the server does not have. It has node 20.10.0, 20.5.0, 20.1.0, 18.19.1."
    )
    assert raised.value.where == "seed.yml"
    assert "mise" in raised.value.hint


def test_a_host_without_any_says_so() -> None:
    with pytest.raises(RuntimeMissing, match="no python at all"):
        choose([order("3", "python")], [])


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        (".nvmrc", "v18.2\n", [("node", "18.2")]),
        (".nvmrc", "# ours\nlts/iron\n", [("node", "20")]),
        (".nvmrc", "lts/*\n", []),
        (".node-version", "22.1.0", [("node", "22.1.0")]),
        (".python-version", "3.12\n", [("python", "3.12")]),
        (".tool-versions", "nodejs 18.1.0 # why\nruby 3\npython 3.9.1\n", [("node", "18.1.0"), ("python", "3.9.1")]),
        ("mise.toml", '[tools]\nnode = "20"\npython = ["3.12", "3.11"]\n', [("node", "20"), ("python", "3.12")]),
        ("mise.toml", '[tools]\nnode = {version = "lts-hydrogen"}\n', [("node", "18")]),
        ("mise.toml", "[tools\n", []),
        ("mise.toml", "tools = 3\n", []),
        (".nvmrc", "../../etc/passwd\n", []),
        (".nvmrc", "18; rm -rf /\n", []),
        (".nvmrc", "9" * 100_000, []),
        (".nvmrc", "\0\xff", []),
    ],
)
def test_files_of_version_managers(tmp_path: Path, file: str, text: str, found: list[tuple[str, str]]) -> None:
    (tmp_path / file).write_text(text)

    assert [(one.name, one.version) for one in asked_of(tmp_path, "", Runtime(), "api")] == found


def test_the_file_nearest_to_the_service_counts_and_the_build_spec_before_it(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / ".nvmrc").write_text("16\n")
    (tmp_path / ".python-version").write_text("3.9\n")
    (tmp_path / "api" / ".nvmrc").write_text("18\n")

    by_files = asked_of(tmp_path, "api", Runtime(), "api")
    assert {(one.where, one.version) for one in by_files} == {("api/.nvmrc", "18"), (".python-version", "3.9")}
    ordered = asked_of(tmp_path, "api", Runtime(node="20"), "api")
    assert {(one.where, one.version, one.firm) for one in ordered} == {
        ("seed.yml", "20", True), (".python-version", "3.9", False),
    }  # fmt: skip


def test_a_link_in_a_files_place_is_not_read(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "outside").mkdir()
    for folder in (tmp_path, tmp_path / "outside"):
        (folder / ".nvmrc").write_text("18\n")
    (tree / ".nvmrc").symlink_to(tmp_path / ".nvmrc")
    (tree / "api").symlink_to(tmp_path / "outside")

    assert asked_of(tree, "api", Runtime(), "api") == []


def test_commands_find_the_chosen_version_behind_the_fence(tmp_path: Path) -> None:
    """A version manager's folder as it is on a host, with a program that tells its version."""
    home = tmp_path / "home"
    for version in ("v19.1.0", "v19.2.0"):
        program = home / ".nvm/versions/node" / version / "bin" / "node"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    (home / ".nvm/versions/node/lts").mkdir()
    runner = LocalRunner(tmp_path / "data" / "runs")
    runtimes = Runtimes(home, {})
    tree = tmp_path / "data" / "tree"
    tree.mkdir(parents=True)

    chosen = runtimes.choose([order("19")], runner, tmp_path / "data" / "versions")
    said: list[str] = []
    ended = Picked(runner, chosen).run(Command(("node", "--version"), tree, writable=(tree,)), said.append)

    assert ended.ok
    assert said == ["v19.2.0"]
    assert {one.name for one in runtimes.usual(runner, tree)} == {"node", "python"}


def test_a_path_that_a_hook_has_exported_stays() -> None:
    chosen = choose([order("18")], HERE)

    command = chosen.on(Command(("node",), Path("/x"), env={"PATH": "/mine:/n18/bin:/usr/bin"}))

    assert command.env["PATH"] == "/mine:/n18/bin:/usr/bin"
    assert command.readable == (N18,)
