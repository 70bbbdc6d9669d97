"""Services are found where their configuration is, and a hostile tree finds nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seed.frameworks.errors import ConfigNotReadable, NoServiceFound
from seed.frameworks.serverless import discover


def write(tree: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return tree


def test_every_kind_of_configuration_is_found(tmp_path: Path) -> None:
    tree = write(
        tmp_path,
        {
            "serverless.yml": "service: root\nprovider: {environment: {A: !Ref B}}\n",
            "a/serverless.yaml": "service: {name: alpha}\n",
            "b/serverless.json": '{"service": "beta"}',
            "c/serverless.js": "module.exports = {service: 'never-run'}",
            "d/e/serverless.ts": "export = {}",
        },
    )
    found = [(s.path, s.config, s.name) for s in discover(tree)]
    assert found == [
        ("", "serverless.yml", "root"),
        ("a", "serverless.yaml", "alpha"),
        ("b", "serverless.json", "beta"),
        ("c", "serverless.js", "c"),
        ("d/e", "serverless.ts", "e"),
    ]


def test_what_others_made_is_passed_over(tmp_path: Path) -> None:
    for folder in ("node_modules/x", ".git", ".serverless", "a/node_modules"):
        write(tmp_path, {f"{folder}/serverless.yml": "service: not-this"})
    with pytest.raises(NoServiceFound):
        discover(tmp_path)


def test_of_two_configurations_in_a_folder_the_framework_takes_the_first(tmp_path: Path) -> None:
    tree = write(tmp_path, {"serverless.json": '{"service": "json"}', "serverless.yml": "service: yml"})
    assert [s.name for s in discover(tree)] == ["yml"]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"serverless.yml": "service: secret"})
    tree = write(tmp_path / "tree", {"in/serverless.yml": "service: inside"})
    (tree / "linked").symlink_to(outside)
    (tree / "serverless.yml").symlink_to(outside / "serverless.yml")
    (tree / "loop").symlink_to(tree)
    assert [s.path for s in discover(tree)] == ["in"]


def test_services_of_one_name_are_told_apart(tmp_path: Path) -> None:
    tree = write(tmp_path, {f"{f}/serverless.yml": "service: api" for f in ("a", "b", "x/y", "x-y")})
    names = [s.name for s in discover(tree)]
    assert names == ["api-a", "api-b", "api-x-y", "api-x-y-2"]


@pytest.mark.parametrize("service", ["${file(x.yml):name}", "../../etc", "a b", "<b>", "12", "{a: 1}", "[]", ""])
def test_a_name_that_is_none_gives_way_to_the_folders(tmp_path: Path, service: str) -> None:
    tree = write(tmp_path, {"orders/serverless.yml": f"service: {service}\n"})
    assert [s.name for s in discover(tree)] == ["orders"]


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("serverless.yml", "service: a\n  b: [\n", "x/serverless.yml:2"),
        ("serverless.yml", "service: a\nb: !Ref &\n", "x/serverless.yml:2"),
        ("serverless.yml", "- a\n", "x/serverless.yml"),
        ("serverless.yml", "a: !!python/object/apply:os.system [echo]\n", "x/serverless.yml:1"),
        ("serverless.json", '{\n"service": }', "x/serverless.json:2"),
        ("serverless.json", "[" * 100_000, "x/serverless.json"),
        ("serverless.yml", "a: " + "[" * 5_000, "x/serverless.yml"),
        ("serverless.yml", "a: &a [1]\nb: [" + "*a," * 1000 + "]", "x/serverless.yml"),
        ("serverless.yml", "# " + "x" * 1_000_001, "x/serverless.yml"),
    ],
)
def test_a_configuration_that_does_not_parse_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, where: str
) -> None:
    tree = write(tmp_path, {f"x/{name}": text})
    with pytest.raises(ConfigNotReadable) as told:
        discover(tree)
    assert told.value.where == where


def test_merges_that_multiply_are_harmless(tmp_path: Path) -> None:
    levels = [f"l{n}: &l{n} {{<<: [*l{n - 1}, *l{n - 1}]}}" for n in range(1, 60)]
    tree = write(tmp_path, {"serverless.yml": "\n".join(["service: api", "l0: &l0 {k: v}", *levels])})
    assert [s.name for s in discover(tree)] == ["api"]


def test_what_the_framework_reads_is_read(tmp_path: Path) -> None:
    text = "service: api\nfunctions: {a: {events: [{schedule: {rate: cron(0 12 * * ? *), method: scheduler}}]}}\n"
    assert [s.name for s in discover(write(tmp_path, {"serverless.yml": text}))] == ["api"]


def test_a_folder_whose_name_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff\x1b[31m"))
    write(folder, {"serverless.yml": "service: api\n"})
    with pytest.raises(ConfigNotReadable) as told:
        discover(tmp_path)
    assert told.value.where.isascii()
    assert told.value.where.isprintable()
