"""What services need of each other, as their files say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.frameworks.assembly import FoundService
from seed.frameworks.serverless.depends import needs_of, shape

USERS = """service: users
resources:
  Outputs:
    Arn:
      Value: !GetAtt Table.Arn
      Export: {{Name: {export}}}
"""
ORDERS = """service: orders
provider: {{name: aws, environment: {{TABLE: {imports}}}}}
"""


def write(tree: Path, files: dict[str, str]) -> list[FoundService]:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    paths = sorted({name.split("/")[0] for name in files if name.endswith("/serverless.yml")})
    return [FoundService(path, "serverless.yml", path) for path in paths]


def pairs(tree: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    return [(need.service, need.needs) for need in needs_of(tree, write(tree, files))]


@pytest.mark.parametrize(
    ("export", "imports"),
    [
        ("users-arn", "!ImportValue users-arn"),
        ("users-arn", "{'Fn::ImportValue': users-arn}"),
        ("'${self:service}-${sls:stage}-arn'", "!ImportValue 'users-${opt:stage, \"dev\"}-arn'"),
        ("!Sub 'users-${Stage}-arn'", "{'Fn::ImportValue': !Sub 'users-${sls:stage}-arn'}"),
        ("{'Fn::Join': ['-', [users, {Ref: Stage}, arn]]}", "{'Fn::ImportValue': {'Fn::Sub': 'users-${Stage}-arn'}}"),
        ("!Sub '${AWS::StackName}-arn'", "!ImportValue 'users-${sls:stage}-arn'"),
        ("x", "'${cf:users-${sls:stage}.Arn}'"),
        ("x", "!GetStackOutput {StackName: 'users-${sls:stage}', OutputName: Arn}"),
        ("x", "'${cf(eu-west-1):users-dev.Arn, \"none\"}'"),
    ],
)
def test_an_import_needs_the_one_that_exports(tmp_path: Path, export: str, imports: str) -> None:
    files = {
        "users/serverless.yml": USERS.format(export=export),
        "orders/serverless.yml": ORDERS.format(imports=imports),
    }
    expected = [] if imports.startswith("'${cf(") else [("orders", "users")]
    assert pairs(tmp_path, files) == expected


def test_names_that_are_nothing_but_variables_say_nothing(tmp_path: Path) -> None:
    files = {
        "users/serverless.yml": USERS.format(export="'${self:custom.name}'"),
        "orders/serverless.yml": ORDERS.format(imports="!ImportValue '${self:custom.other}'"),
    }
    assert pairs(tmp_path, files) == []


def test_files_that_the_configuration_names_are_read_too(tmp_path: Path) -> None:
    files = {
        "users/serverless.yml": "service: users\nresources:\n  - ${file(../shared/out.yml)}\n",
        "shared/out.yml": "Outputs: {A: {Value: x, Export: {Name: a-name}}}\n",
        "orders/serverless.yml": ORDERS.format(imports="!ImportValue a-name"),
    }
    assert pairs(tmp_path, files) == [("orders", "users")]


def test_a_compose_file_says_it_outright(tmp_path: Path) -> None:
    files = {
        "users/serverless.yml": "service: users\n",
        "orders/serverless.yml": "service: orders\n",
        "web/serverless.yml": "service: web\n",
        "serverless-compose.yml": "services:\n  u: {path: users}\n  o: {path: ./orders, dependsOn: u}\n"
        "  w: {path: web, params: {url: '${o.Url}'}}\n",
    }
    assert pairs(tmp_path, files) == [("orders", "users"), ("web", "orders")]


@pytest.mark.parametrize(
    "text",
    ["[", "a: &a [*a]", "service: 7\nprovider: []\nresources: 3", "resources: ${file(/etc/passwd)}",
     "resources: ${file(../../../../etc/hosts.yml)}", "x: " + "[" * 200, "custom: {a: '${cf:" + "${a" * 300 + "'}"],
)  # fmt: skip
def test_hostile_configuration_is_no_need_and_no_failure(tmp_path: Path, text: str) -> None:
    assert pairs(tmp_path / "tree", {"a/serverless.yml": text, "b/serverless.yml": "service: b\n"}) == []


def test_shapes() -> None:
    assert shape("a-${x:${y}}-${z}", "s") == "a-*-*"
    assert shape("${self:service}", "s") == "s"
    assert shape("${x}-${y}", "s") == ""
