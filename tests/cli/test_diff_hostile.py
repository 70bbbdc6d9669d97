"""`seed diff` as a process of its own, on what is no template: one sentence, an exit code, soon and within its memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seed.cli.diff import diff

MEMORY, SECONDS = 512 * 1024**2, 10
QUEUE = {"Type": "AWS::SQS::Queue"}
GOOD = json.dumps({"Resources": {"Q": QUEUE}})


def queue(value: Any) -> str:
    return json.dumps({"Resources": {"Q": {**QUEUE, "Properties": {"QueueName": value}}}})


def nested(address: Any) -> str:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
    return json.dumps({"Resources": {"N": stack}})


def loops(number: int, *, transform: bool = True) -> str:
    body: dict[str, Any] = {"R${i0}${i1}${i2}": QUEUE}
    for level in range(3):
        body = {f"Fn::ForEach::L{level}": [f"i{level}", [str(one) for one in range(number)], body]}
    return json.dumps({"Transform": "AWS::LanguageExtensions", "Resources": body} if transform else {"Resources": body})


def named_often(value: Any, depth: int = 30) -> Any:
    """Each text names the next one twenty times."""
    for _ in range(depth):
        value = {"Fn::Sub": ["${A}" * 20, {"A": value}]}
    return value


def parameter(**spec: Any) -> str:
    return json.dumps({"Parameters": {"P": {"Type": "String", **spec}}, "Resources": {"Q": QUEUE}})


def sam(**properties: Any) -> str:
    function = {"Type": "AWS::Serverless::Function", "Properties": properties}
    return json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": function}})


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is not a mapping"),
    "a comment": ("# nothing\n", "is not a mapping"),
    "a page": ("<html><body>404</body></html>", "is not a mapping"),
    "a list": ("[]", "is not a mapping"),
    "cut off": ('{"Resources": {"Q": {"Type"', "neither JSON nor YAML"),
    "tabs": ("Resources:\n\tQ:\n", "neither JSON nor YAML"),
    "binary": (bytes(range(256)) * 20, "not text in UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "not text in UTF-8"),
    "NUL": (GOOD.replace("Queue", "Queue\0"), "neither JSON nor YAML"),
    "NaN": (queue(float("nan")), "NaN is not a value"),
    "infinite": (queue(float("-inf")), "-Infinity is not a value"),
    "half a sign": (queue("\ud800"), "neither JSON nor YAML"),
    "a tag of Python": ("Resources: !!python/object/apply:os.system [id]", "no short form"),
    "an unknown tag": ("Resources: {Q: {Type: !Foo x}}", "!Foo is no short form"),
    "an unknown function": (queue({"Fn::Foo": []}), "Fn::Foo is no function"),
    "two documents": (f"---\n{GOOD}\n---\n{GOOD}\n", "more than one YAML document"),
    "a list as a key": ("Resources:\n  ? [a]\n  : {}\n", "not text"),
    "laughs": (
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)),
        "400,000 values",
    ),
    "a circle of aliases": ("Resources: &a\n  R: *a\n", "points to nothing before it"),
    "lists in lists": (f'{{"Resources": {"[" * 100_000}{"]" * 100_000}}}', "deeper than 100 levels"),
    "dashes in dashes": ("Resources:\n  " + "- " * 100_000 + "x\n", "deeper than 100 levels"),
    "a billion by loops": (loops(1_000), "loops of the template make too much"),
    "loops without their transform": (loops(3, transform=False), "without the transform"),
    "a text that grows": (queue(named_often("x")), "grows beyond"),
    "too large": (queue("x" * 5_000_000), "larger than 4 MiB"),
    "a file too large": (queue("x" * 9_000_000), "larger than 8 MiB"),
    "resources in a list": ('{"Resources": []}', "not a mapping"),
    "a resource without a type": ('{"Resources": {"Q": {}}}', "has no Type"),
    "conditions in a circle": (
        json.dumps({"Conditions": {"A": {"Condition": "A"}}, "Resources": {"Q": {**QUEUE, "Condition": "A"}}}),
        "depends on itself",
    ),
    "a SAM function without code": (sam(), "SAM refuses the template"),
    "a SAM function of wrong shapes": (sam(Handler=3, CodeUri=[1], Events="x"), "SAM refuses the template"),
}
ANSWERED: dict[str, str] = {
    "a byte order mark": "\ufeff" + GOOD,
    "a number of 5,000 digits": f'{{"Resources": {{"Q": {{"Type": "AWS::SQS::Queue", "Properties": {{"DelaySeconds": {"9" * 5_000}}}}}}}}}',
    "a text of nothing, named a billion times": queue(named_often("")),
    "blocks by the billion": queue({"Fn::Cidr": ["10.0.0.0/8", 1_000_000_000, 1]}),
    "30,000 variables": queue({
        "Fn::Sub": ["".join(f"${{v{n}}}" for n in range(30_000)), {f"v{n}": {"Ref": "AWS::Region"} for n in range(30_000)}]
    }),
    "a pattern that never ends": parameter(AllowedPattern="^(a+)+$", Default="a" * 60 + "!"),
    "a pattern of patterns": parameter(AllowedPattern="(((((a{1000}){1000}){1000}){1000}){1000})", Default="a" * 5_000),
    "a pattern with many ways": parameter(AllowedPattern=".*.*.*.*.*.*.*.*=x", Default="a" * 4_000),
    "the item after the last": queue({"Fn::Select": [10**20, ["a"]]}),
    "signs of a terminal": queue("\x1b[31mred\x1b]0;title\x07\u202eevil"),
    "a nested stack that is the system's": nested("../../../../../etc/passwd"),
    "a nested stack that is absolute": nested("/etc/passwd"),
    "a nested stack that is itself": nested("template"),
    "a nested stack that is a pipe": nested("pipe"),
    "a nested stack that is a link to a device": nested("zero"),
    "a nested stack that is a link to itself": nested("circle"),
    "a nested stack with a name that is too long": nested("a" * 5_000),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good").write_text(GOOD)
    os.mkfifo(tmp_path / "pipe")
    for name, target in (("zero", "/dev/zero"), ("circle", "circle")):
        (tmp_path / name).symlink_to(target)
    return tmp_path


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def run(folder: Path, *words: str, out: Any = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "seed.cli.start", "diff", *words]
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True,
        check=False, timeout=300, preexec_fn=limited,
    )  # fmt: skip


def refused(ended: subprocess.CompletedProcess[str], words: str) -> None:
    assert ended.returncode == 1, ended.stderr[-2_000:]
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_sentence_that_names_the_file(folder: Path, name: str) -> None:
    given, words = REFUSED[name]
    (folder / "template").write_bytes(given if isinstance(given, bytes) else given.encode(errors="surrogatepass"))

    ended = run(folder, "good", "template")

    refused(ended, words)
    assert ended.stderr.startswith("template: ")


@pytest.mark.parametrize("name", ANSWERED)
def test_it_is_answered(folder: Path, name: str) -> None:
    (folder / "template").write_text(ANSWERED[name])

    ended = run(folder, "-", "template")

    assert (ended.returncode, ended.stderr) in ((3, ""), (4, ""))
    assert "\x1b" not in ended.stdout
    assert "root:" not in ended.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("good", "/dev/zero"), "/dev/zero: The file is larger than 8 MiB."),
        (("good", "circle"), "circle: The file cannot be read: Too many levels of symbolic links."),
        (("good", "."), ".: The file cannot be read: Is a directory."),
        (("gone", "good"), "gone: The file cannot be read: No such file or directory."),
        (("-", "-"), "NEW is a file."),
        (("good", "-"), "NEW is a file."),
        (("good", "good", "--after-parameters", "/dev/zero"), "/dev/zero: The file is larger than 8 MiB."),
        (("good", "good", "--include", "x"), "x: An include is LOCATION=FILE."),
        (("good", "good", "--include", "s3://b/a=empty"), "empty: "),
    ],
)
def test_what_is_no_file_is_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "empty").write_text("")

    refused(run(folder, *words), said)


def test_it_is_told_which_of_both_templates_is_wrong(folder: Path) -> None:
    (folder / "odd").write_text(queue({"Fn::Foo": []}))

    assert run(folder, "odd", "good").stderr.startswith("odd: Fn::Foo")
    assert run(folder, "good", "odd").stderr.startswith("odd: Fn::Foo")


def test_it_is_told_which_nested_template_is_wrong(folder: Path) -> None:
    (folder / "template").write_text(nested("inner"))
    (folder / "inner").write_text("[]")

    refused(run(folder, "good", "template"), "/inner: The template is not a mapping.")


ODD = [
    "3",
    '"x"',
    "null",
    "[1]",
    "{",
    "",
    '{"a": {}}',
    '{"a": NaN}',
    '{"a": 1e999}',
    '{"a": "\\ud800"}',
    '{"exports": {"a": 3}}',
]


@pytest.mark.parametrize("option", ["after_parameters", "deployed", "after_tags"])
@pytest.mark.parametrize("given", ODD)
def test_files_beside_the_templates_are_refused_where_their_shape_is_none(
    folder: Path, option: str, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "beside").write_text(given)

    template = str(folder / "good")

    assert diff(template, template, **{option: folder / "beside"}) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_reader_who_leaves_does_not_change_the_answer(folder: Path) -> None:
    many = {f"Q{n}": {**QUEUE, "Properties": {"QueueName": "x" * 500}} for n in range(400)}
    (folder / "template").write_text(json.dumps({"Resources": many}))
    read, write = os.pipe()
    os.close(read)

    ended = run(folder, "good", "template", out=write)
    os.close(write)

    assert (ended.returncode, ended.stderr) == (4, "")


def test_an_answer_that_cannot_be_written_is_none(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = run(folder, "-", "good", out=full)

    refused(ended, "The answer cannot be written: No space left on device.")
