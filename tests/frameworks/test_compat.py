"""The compatibility report: services as they are in the world, what stops each, and the smallest edit."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from seed.changesets.findings.runtimes import ENDS, PUBLISHED
from seed.frameworks.assembly import FoundService
from seed.frameworks.compat import Report, read_sources, report
from seed.frameworks.compat.known import CURRENT

OWN_3 = {"devDependencies": {"serverless": "^3.38.0"}}
SAMPLES: dict[str, tuple[dict[str, str], str, list[str], list[str]]] = {
    # files → the line, the problems' codes, the lines of the diff that are added and taken away
    "new": ({"serverless.yml": "service: a\nprovider:\n  name: aws\n  runtime: nodejs22.x\n"}, "osls 4", [], []),
    "old framework version": (
        {"serverless.yml": "service: a\nframeworkVersion: '2'\nprovider:\n  name: aws\n  runtime: nodejs22.x\n"},
        "osls 3", [], [],
    ),
    "open range": ({"serverless.yml": "service: a\nframeworkVersion: '>=1.0.0'\nprovider: aws\n"}, "osls 4", [], []),
    "ended runtimes": (
        {"serverless.yml": "service: a\nprovider:\n  name: aws\n  runtime: nodejs12.x # for now\nfunctions:\n  f:\n"
                           "    handler: f.f\n    runtime: python3.7\n  g:\n    handler: g.g\n"
                           "    # runtime: python2.7\n    runtime: 'python3.12'\n"},
        "osls 4", ["runtime-ended", "runtime-ended"],
        ["-  runtime: nodejs12.x # for now", "+  runtime: nodejs22.x # for now",
         "-    runtime: python3.7", "+    runtime: python3.13"],
    ),
    "ended runtime in code": (
        {"serverless.ts": "const config = {\n  service: 'a',\n  provider: { name: 'aws', runtime: 'nodejs14.x' },\n};\n"},
        "osls 4", ["runtime-ended"],
        ["-  provider: { name: 'aws', runtime: 'nodejs14.x' },", "+  provider: { name: 'aws', runtime: 'nodejs22.x' },"],
    ),
    "ended runtime behind a variable": (
        {"serverless.yml": "service: a\ncustom:\n  now: nodejs10.x\nprovider:\n  name: aws\n"
                           "  runtime: ${self:custom.now}\n"},
        "osls 4", ["runtime-ended"], ["-  now: nodejs10.x", "+  now: nodejs22.x"],
    ),
    "plugin without package.json": (
        {"serverless.yml": "service: a\nprovider: aws\nplugins:\n  - serverless-offline\n  - ./local\n"},
        "osls 4", ["plugin-missing"],
        ["+{", '+  "private": true,', '+  "devDependencies": {', '+    "serverless-offline": "*"', "+  }", "+}"],
    ),
    "plugin beside others": (
        {"serverless.yml": "service: a\nprovider: aws\nplugins: [serverless-esbuild, '@x/y/lib']\n",
         "package.json": '{\n    "devDependencies": {\n        "serverless-esbuild": "^1.0.0"\n    }\n}\n'},
        "osls 4", ["plugin-missing"], ['+        "@x/y": "*",'],
    ),
    "plugin not in the lock file": (
        {"serverless.yml": "service: a\nprovider: aws\nplugins:\n  - serverless-offline\n",
         "package.json": json.dumps({"devDependencies": {"serverless-offline": "*"}}),
         "package-lock.json": json.dumps({"packages": {"": {}, "node_modules/esbuild": {}}})},
        "osls 4", ["plugin-not-locked"], [],
    ),
    "plugin in a yarn lock file": (
        {"serverless.yml": "service: a\nprovider: aws\nplugins:\n  - '@x/y'\n",
         "package.json": json.dumps({"devDependencies": {"@x/y": "*"}}),
         "yarn.lock": '# yarn\n\n"@x/y@*":\n  version "1.0.0"\n'},
        "osls 4", [], [],
    ),
    "plugin in a pnpm lock file": (
        {"serverless.yml": "service: a\nprovider: aws\nplugins:\n  - '@x/y'\n  - z\n",
         "package.json": json.dumps({"devDependencies": {"@x/y": "*", "z": "*"}}),
         "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n\n  '@x/y@1.0.0':\n    resolution: {}\n  z@2.0.0:\n"},
        "osls 4", [], [],
    ),
    "missing environment": (
        {"serverless.yml": "service: a\nprovider: aws\ncustom:\n  a: ${env:KEY}\n  b: ${env:HAS, 'x'}\n"
                           "  c: ${env:KNOWN}\n  d: ${env:KEY}-${env:OTHER}\n  # ${env:NOT}\n"
                           "  e: ${env:KNOWN, ${env:NEVER}}\n  f: x # ${env:NOT}\n  g: ${env:NEVER, env:KNOWN}\n"
                           "  h: ${env:NEITHER, env:NOR}\n  i: it's # ${env:NOT}\n  j: 'a # ${env:QUOTED}'\n"},
        "osls 4", ["env-missing", "env-missing", "env-missing", "env-missing"], [],
    ),
    "environment of a dotenv file": (
        {"serverless.yml": "service: a\nuseDotenv: true\nprovider: aws\ncustom:\n  a: ${env:KEY}\n", ".env": "KEY=1\n"},
        "osls 4", [], [],
    ),
    "properties of the past": (
        {"serverless.yml": "service: a\norg: me\nprovider:\n  name: aws\n  lambdaHashingVersion: 20201221\n"
                           "package:\n  exclude:\n    - x/**\n"},
        "osls 4", ["unsupported-property"] * 3, ['+frameworkVersion: "3"'],
    ),
    "the same under osls 3": (
        {"serverless.yml": "service: a\nframeworkVersion: ^2.72\norg: me\nprovider:\n  name: aws\n"
                           "  lambdaHashingVersion: 20201221\n"},
        "osls 3", [], [],
    ),
    "a range in the way": (
        {"serverless.yml": "---\nservice: a\nframeworkVersion: '>=2'\norg: me\nprovider: aws\n"},
        "osls 4", ["unsupported-property"], ["-frameworkVersion: '>=2'", '+frameworkVersion: "3"'],
    ),
    "after the mark of a document": (
        {"serverless.yml": "---\nservice: a\norg: me\nprovider: aws\n"},
        "osls 4", ["unsupported-property"], ['+frameworkVersion: "3"'],
    ),
    "a mistyped property": (
        {"serverless.yml": "service: a\nprovider:\n  name: aws\n  enviroment:\n    A: b\n"},
        "osls 4", ["unsupported-property"], ["-  enviroment:", "+  environment:"],
    ),
    "a property that a plugin may bring": (
        {"serverless.yml": "service: a\nprovider: aws\nstepFunctions: {}\nplugins:\n  - serverless-step-functions\n",
         "package.json": json.dumps({"dependencies": {"serverless-step-functions": "3"}})},
        "osls 4", [], [],
    ),
    "service as a mapping": (
        {"serverless.yml": "service:\n  name: a\nprovider: aws\n"}, "osls 4", ["service-object"],
        ["-service:", "-  name: a", "+service: a"],
    ),
    "service as a mapping for a framework that takes it": (
        {"serverless.yml": "service: {name: a}\nframeworkVersion: '2'\nprovider: aws\n",
         "package.json": json.dumps({"devDependencies": {"serverless": "^2.72.0"}})},
        "serverless ^2.72.0", [], [],
    ),
    "its own old framework": (
        {"serverless.yml": "service: a\nframeworkVersion: '3'\nprovider: aws\n", "package.json": json.dumps(OWN_3)},
        "serverless ^3.38.0", [], [],
    ),
    "its own framework refuses its version": (
        {"serverless.yml": "service: a\nframeworkVersion: '2' # old\nprovider: aws\n", "package.json": json.dumps(OWN_3)},
        "serverless ^3.38.0", ["framework-version"],
        ["-frameworkVersion: '2' # old", '+frameworkVersion: "3" # old'],
    ),
    "the licensed framework": (
        {"serverless.yml": "service: a\nprovider: aws\n",
         "package.json": '{\n  "devDependencies": {\n    "serverless": "^4.4.0"\n  }\n}\n'},
        "serverless ^4.4.0", ["licensed"], ['-    "serverless": "^4.4.0"', '+    "osls": "^4"'],
    ),
    "another cloud": ({"serverless.yml": "service: a\nprovider:\n  name: azure\n"}, "osls 4", ["provider"], []),
}  # fmt: skip


def written(folder: Path, files: dict[str, str], path: str = "") -> Path:
    for name, text in files.items():
        (folder / path / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / path / name).write_text(text)
    return folder


def of(tree: Path, path: str = "", config: str = "serverless.yml") -> Report:
    return report(read_sources(tree, FoundService(path, config, "a"), {"KNOWN", "HOME"}))


@pytest.mark.parametrize(("files", "line", "codes", "changed"), SAMPLES.values(), ids=SAMPLES)
def test_each_service_gets_its_line_what_stops_it_and_the_smallest_edit(
    tmp_path: Path, files: dict[str, str], line: str, codes: list[str], changed: list[str]
) -> None:
    tree = written(tmp_path / "tree", files)
    config = next(name for name in files if name.startswith("serverless."))
    found = of(tree, config=config)

    assert found.framework.startswith(line), found
    assert [problem.code for problem in found.problems] == codes, found.problems
    assert [one for one in found.diff.splitlines() if one[0] in "+-" and one[:3] not in {"+++", "---"}] == changed
    assert found.fits == (not codes)


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample[3]])
def test_the_edit_applies_and_takes_away_what_an_edit_can(tmp_path: Path, name: str) -> None:
    files = SAMPLES[name][0]
    tree = written(tmp_path / "tree", files)
    config = next(file for file in files if file.startswith("serverless."))
    before = of(tree, config=config)
    git = shutil.which("git") or "git"

    subprocess.run([git, "apply", "-p1"], cwd=tree, input=before.diff.encode(), check=True)

    after = of(tree, config=config)
    assert after.problems == ()
    assert after.diff == ""


def test_nothing_is_edited(tmp_path: Path) -> None:
    files = SAMPLES["ended runtimes"][0]
    tree = written(tmp_path, files)
    of(tree)
    assert {path.name: path.read_text() for path in tree.iterdir()} == files


def test_a_problem_names_its_file_and_line(tmp_path: Path) -> None:
    tree = written(tmp_path, SAMPLES["missing environment"][0], "services/a")
    found = of(tree, "services/a")
    assert [(one.file, one.line) for one in found.problems] == [
        ("services/a/serverless.yml", line) for line in (4, 7, 12, 14)
    ]
    assert "${env:KEY}" in found.problems[0].sentence
    assert "seed variable set" in found.problems[0].fix


def test_what_the_root_installs_counts_for_a_service_below(tmp_path: Path) -> None:
    files = {"serverless.yml": "service: a\nprovider: aws\nplugins:\n  - serverless-offline\n"}
    tree = written(tmp_path, files, "services/a")
    written(tree, {"package.json": json.dumps({"devDependencies": {"serverless-offline": "*"}})})
    assert of(tree, "services/a").fits


def test_a_link_out_of_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text(json.dumps({"packages": {"node_modules/serverless-offline": {}}}))
    tree = written(tmp_path / "tree", {"serverless.yml": "service: a\nprovider: aws\nplugins: [serverless-offline]\n",
                                       "package.json": json.dumps({"devDependencies": {"serverless-offline": "1"}})})  # fmt: skip
    (tree / "package-lock.json").symlink_to(tmp_path / "secret.json")
    assert of(tree).fits


def test_what_is_advised_is_supported_for_more_than_half_a_year() -> None:
    for _family, runtime in CURRENT:
        assert (ENDS[runtime] - PUBLISHED).days > 180
