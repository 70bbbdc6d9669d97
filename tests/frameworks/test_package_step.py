"""The package step runs for real: both bundled lines, against a local AWS, and tells plainly why it failed."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import pytest
from tests.frameworks.packaging import Workshop

from seed.aws.local import LocalAws
from seed.errors import SeedError
from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import ConfigNotReadable, PackageFailed, PackageRefused, VariableMissing
from seed.frameworks.serverless import Framework, explain_failure, last_words, package_command
from seed.frameworks.serverless.explain import message

OLD = "frameworkVersion: '3'"
NEW = "frameworkVersion: '>=3.0.0'"


def failure(workshop: Workshop, old: str, new: str, line: str = NEW) -> SeedError:
    tree = workshop.tree("orders-api-v1", {"serverless.yml": (old, new)})
    config = tree / "serverless.yml"
    config.write_text(config.read_text().replace(NEW, line))
    lines: list[str] = []
    exit_, out, _ = workshop.run(tree, "dev", lines)
    assert not exit_.ok
    assert not (out / "cloudformation-template-update-stack.json").exists()
    return explain_failure(lines, where="orders-api")


@pytest.mark.parametrize("line", [NEW, OLD])
def test_a_missing_parameter_is_told_as_what_it_is(workshop: Workshop, line: str) -> None:
    told = failure(workshop, "LOG_LEVEL: info", "LOG_LEVEL: ${ssm:/none}", line)
    assert isinstance(told, VariableMissing)
    assert told.sentence == (
        'Cannot resolve variable at "provider.environment.LOG_LEVEL": Value not found at "ssm" source.'
    )


def test_a_plugin_that_is_not_there(workshop: Workshop) -> None:
    told = failure(workshop, NEW, "plugins: [no-such-plugin]")
    assert type(told) is PackageFailed
    assert 'plugin "no-such-plugin" not found' in told.sentence


def test_a_configuration_that_the_framework_does_not_take(workshop: Workshop) -> None:
    told = failure(workshop, NEW, "no_such_thing: 1")
    assert isinstance(told, ConfigNotReadable)
    assert told.sentence == "Configuration error at root: unrecognized property 'no_such_thing'."


@pytest.mark.parametrize("line", [NEW, OLD])
def test_variables_are_read_from_the_stages_own_aws(workshop: Workshop, local_aws: LocalAws, line: str) -> None:
    """The old line's SDK does not know AWS_ENDPOINT_URL: the preload tells it."""
    ssm = boto3.client(
        "ssm",
        endpoint_url=local_aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="none",
    )
    ssm.put_parameter(Name="/level", Value="from-ssm", Type="SecureString", Overwrite=True)
    ssm.close()
    tree = workshop.tree("orders-api-v1", {"serverless.yml": ("LOG_LEVEL: info", "LOG_LEVEL: ${ssm:/level}")})
    config = tree / "serverless.yml"
    config.write_text(config.read_text().replace(NEW, line))
    assert "from-ssm" in workshop.package(tree).trusted.package.template


@pytest.mark.parametrize("version", ["2.72.3", "4.0.0"])
def test_a_bundled_line_runs_what_asks_for_another_version(workshop: Workshop, version: str) -> None:
    tree = workshop.tree("orders-api-v1", {"serverless.yml": (NEW, f"frameworkVersion: '{version}'")})
    package = workshop.package(tree)
    assert package.assembly.framework.endswith(f"(bundled, for frameworkVersion {version})")


def test_the_old_line_gets_the_preload_and_keeps_the_users_options() -> None:
    old = Framework(Path("/f/s.js"), "osls 3", "v2", Path("/f"))
    new = Framework(Path("/f/s.js"), "osls 4", "v3", Path("/f"))
    env = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "NODE_OPTIONS": "--max-old-space-size=512"}

    def options(framework: Framework) -> str:
        service = FoundService("a", "serverless.ts", "a")
        command = package_command(
            Path("/t"), service, framework, stage="dev", region="r", out=Path("/o/p"), env=env, timeout=1
        )
        assert command.argv[-2:] == ("--config", "serverless.ts")
        assert command.cwd == Path("/t/a")
        assert command.env["PIP_COMPILE"] == "0"
        return command.env["NODE_OPTIONS"]

    loaded = re.compile(r'--require "[^"]*/([\w-]+)\.js" ')
    assert loaded.findall(options(new)) == ["plugins"]
    assert loaded.findall(options(old)) == ["sdk-v2-endpoint", "plugins"]
    assert loaded.sub("", options(old)) == "--max-old-space-size=512"


@pytest.mark.parametrize(
    ("lines", "kind", "sentence"),
    [
        (
            ["Error:", "AWS provider credentials not found. Learn how: <https://x>."],
            PackageRefused,
            "AWS provider credentials not found. Learn how: <https://x>.",
        ),
        (
            ["× Error:", "ExpiredToken: The security token included in the request is expired", "", "more"],
            PackageRefused,
            "ExpiredToken: The security token included in the request is expired.",
        ),
        (
            ["  Serverless Error ----------------", "", "  It broke", "", "  Get Support -----"],
            PackageFailed,
            "It broke.",
        ),
        (
            ["Error:", 'Cannot parse "serverless.yml": bad in "/w/x/serverless.yml" (13:1)', "", "  12 |"],
            ConfigNotReadable,
            'Cannot parse "serverless.yml": bad.',
        ),
        (
            ["Packaging", "TypeError: x is not a function", "    at a (/b.js:1:2)", "    at c (/d.js:3:4)"],
            PackageFailed,
            "x is not a function.",
        ),
        (["\x1b[31mError:\x1b[0m", "\x1b[1mIn red\x1b[0m"], PackageFailed, "In red."),
        (["only this"], PackageFailed, "only this."),
        ([], PackageFailed, "The framework ended without a word."),
    ],
)
def test_the_frameworks_own_message_is_in_front(lines: list[str], kind: type[SeedError], sentence: str) -> None:
    told = explain_failure(lines, where="a")
    assert type(told) is kind
    assert told.sentence == sentence


def test_the_place_of_a_parse_error_is_where_people_look() -> None:
    said = 'Cannot parse "serverless.yml": bad in "/w/x/serverless.yml" (13:1)'
    assert explain_failure(["Error:", said], where="orders").where == "orders: serverless.yml:13"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["> api@1.0.0 lint", "> eslint .", "", "sh: 1: eslint: not found", "npm error code 127"],
            "sh: 1: eslint: not found.",
        ),
        (["working", "\x1b[31mTypeError: x is not a function\x1b[0m", "    at run (a.js:1:2)"], "x is not a function."),
        (["npm error Missing script: lint"], "npm error Missing script: lint."),
        (["x" * 10_000], "x" * 400 + " […]."),
        ([""], ""),
        (
            [
                "E   AssertionError: 1 != 2",
                "=== short test summary info ===",
                "FAILED tests/test_x.py::T::test_x - AssertionError: 1 != 2",
                "ERROR tests/test_y.py - ImportError",
                "=== 1 failed in 2.48s ===",
            ],
            "tests/test_x.py::T::test_x - AssertionError: 1 != 2, tests/test_y.py - ImportError.",
        ),
        (["=== 1 error in 0.02s ==="], "1 error in 0.02s."),
    ],
)
def test_any_other_command_is_told_by_its_own_last_words(lines: list[str], said: str) -> None:
    assert last_words(lines) == said


def test_a_long_message_is_cut() -> None:
    assert len(message(["Error:", *["line"] * 1000])) < 100
