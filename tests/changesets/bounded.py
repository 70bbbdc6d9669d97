"""Run as a process of its own: compare what hostile hands could write, each within its seconds and its memory.

A comparison that goes beyond is killed by the kernel; one that ends in anything but an answer or an error of ours ends
this process with a traceback. Both are seen by who started it.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from seed.changesets import ChangeSet, as_aws, as_markdown, as_text, compare, from_json, merge, parse_template, to_json
from seed.cli.diff import diff
from seed.errors import SeedError

SECONDS = 5
MEMORY = 512 * 1024**2
Case = Callable[[], None]


def main(name: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for case in CASES[name]():
        from_now()
        try:
            case()
        except SeedError as error:
            if not str(error):
                raise AssertionError("an error says what is wrong") from error
    sys.stdout.write("ended\n")


def from_now() -> None:
    """What comes next has its own seconds. Of the processor: how busy the machine is says nothing."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS, -1))


def read(old: Any, new: Any, **more: Any) -> None:
    """Everything that a comparison is made for; each step has its seconds."""
    before, after = (parse_template(side) if isinstance(side, str) else side for side in (old, new))
    changes = compare(before, after, **more)
    from_now()
    as_text(changes)
    as_markdown(changes)
    plain, valued = (as_aws(changes, property_values=values)["Changes"] for values in (False, True))
    from_now()
    merge(changes, plain, valued, prefer="aws")
    from_now()
    assert from_json(json.loads(json.dumps(to_json(changes)))).severity == changes.severity


def both(old: Any, new: Any, **more: Any) -> Iterator[Case]:
    """An answer, or an error of ours."""
    yield lambda: read(old, new, **more)


def answered(old: Any, new: Any, **more: Any) -> Iterator[Case]:
    """What CloudFormation would take: refusing it is no way out."""

    def case() -> None:
        try:
            read(old, new, **more)
        except SeedError as error:
            raise AssertionError(str(error)) from error

    yield case


def stack(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def megabyte() -> Iterator[Case]:
    """As large as CloudFormation takes it, and every resource different."""

    def side(value: str) -> str:
        rows = {
            f"Q{n}": queue(QueueName=f"q{n}{value}", Tags=[{"Key": "k", "Value": value * 1900}]) for n in range(490)
        }
        return json.dumps(stack(**rows))

    yield from answered(side("a"), side("b"))


def reversed_lists() -> Iterator[Case]:
    """One that is a set, and one that is not."""
    many = [f"arn:aws:sns:eu-west-1:1:topic-{n}" for n in range(20_000)]
    for name in ("ManagedPolicyArns", "Whatever"):
        sides = [stack(R={"Type": "AWS::IAM::Role", "Properties": {name: some}}) for some in (many, many[::-1])]
        yield from answered(*sides)


def objects_reversed() -> Iterator[Case]:
    many = [{"Key": f"k{n}", "Value": {"Ref": "P"}} for n in range(10_000)]
    parameters = {"P": {"Type": "String"}}
    sides = [stack(Q=queue(Tags=some)) | {"Parameters": parameters} for some in (many, many[::-1])]
    yield from answered(*sides, before={"P": "a"}, after={"P": "b"})


def dense_references() -> Iterator[Case]:
    """Each refers to every other, and all of them may be replaced."""

    def side(number: int, value: str) -> dict[str, Any]:
        names = [f"Q{n}" for n in range(number)]
        return stack(
            **{
                name: queue(QueueName=f"{name}{value}", Tags=[{"Fn::GetAtt": [o, "Arn"]} for o in names if o != name])
                for name in names
            }
        )

    yield lambda: ended(compare(side(240, "a"), side(240, "b")))
    yield from answered(side(80, "a"), side(80, "b"))


def ended(changes: ChangeSet) -> None:
    assert changes.resources


def told(changes: ChangeSet) -> None:
    assert as_aws(changes)["Changes"]


def mutated_yaml() -> Iterator[Case]:
    text = YAML.encode()
    for seed in range(150):
        chance = random.Random(seed)
        spoiled = bytearray(text)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(spoiled))
            kind = chance.randrange(3)
            piece = chance.choice(PIECES) if kind else bytes([chance.randrange(256)])
            spoiled[at : at + chance.randrange(3)] = piece * chance.choice((1, 1, 40))
        yield from both(text.decode(), bytes(spoiled).decode(errors="replace"))


def mutated_parameters() -> Iterator[Case]:
    """By the command, which reads the files."""
    given = json.dumps({"Name": "a", "Size": "3", "List": "a,b", "Secret": "s3cret"})
    for seed in range(200):
        chance = random.Random(seed)
        spoiled = bytearray(given.encode())
        for _ in range(chance.randrange(1, 5)):
            spoiled[chance.randrange(len(spoiled))] = chance.choice(b'{}[]",:0-e\\un \n\0\xff')
        yield partial(command, bytes(spoiled))
    yield lambda: command(b"[" * 100_000)
    yield lambda: command(b"{}", YAML.encode() + b"\xff\xfe")


def command(parameters: bytes, template: bytes = b"") -> None:
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        files = Path(folder, "template"), Path(folder, "parameters")
        for file, content in zip(files, (template or YAML.encode(), parameters), strict=True):
            file.write_bytes(content)
        assert diff(str(files[0]), str(files[0]), after_parameters=files[1]) in (0, 1, 3, 4)


def anchors() -> Iterator[Case]:
    """The billion laughs, and thousands that are no joke."""
    laughs = ["Resources:", "  R0: &r0 {Type: AWS::SQS::Queue, Properties: {QueueName: q}}"]
    laughs += [f"  R{n}: &r{n} [" + ", ".join([f"*r{n - 1}"] * 9) + "]" for n in range(1, 40)]
    yield from both(None, "\n".join(laughs))
    many = [f"  R{n}: &r{n} {{Type: AWS::SQS::Queue, Properties: {{QueueName: q{n}}}}}" for n in range(5_000)]
    more = [f"  S{n}: *r{n}" for n in range(5_000)]
    yield from both(None, "\n".join(["Resources:", *many, *more]))
    yield from both(None, "Resources: &a\n  R: *a\n")
    yield from both(None, "a: &a {x: 1}\nResources:\n  R:\n    <<: [*a, *a]\n    Type: AWS::SQS::Queue\n")


def causes() -> Iterator[Case]:
    """A parameter that moves, in thousands of places of one list or under one condition, decided or not."""
    items = [{"Name": f"n{n}", "Image": {"Fn::Sub": "i${P}"}} for n in range(2_000)]
    conditions = {"Known": {"Fn::Equals": ["a", "a"]}, "Unknown": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}}
    for asked in conditions:
        for written in ([{"Fn::If": [asked, "a", "b"]}, *items], {"Fn::If": [asked, items, []]}):
            task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": written}}
            template = {"Parameters": {"P": {"Type": "String"}}, "Conditions": conditions, **stack(T=task)}
            yield partial(read, template, template, before={"P": "1"}, after={"P": "2"})


def deep() -> Iterator[Case]:
    for depth in (90, 900, 9_000, 90_000):
        nested = "[" * depth + "]" * depth
        yield from both(None, '{"Resources": {"R": {"Type": "A::B::C", "Properties": {"P": ' + nested + "}}}}")
        yield from both(None, "Resources: {R: {Type: A::B::C, Properties: {P: " + nested + "}}}")
        yield from both(None, "Resources:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, min(depth, 1_000))))
    value: Any = "x"
    for _ in range(300):
        value = {"Fn::Join": ["", [value, value]]} if _ < 12 else {"Fn::Sub": ["${A}", {"A": value}]}
    yield from both(None, stack(Q=queue(QueueName=value)))
    yield from texts_that_name_each_other()
    pieces = "-".join("a" * 400_000)
    yield from answered(*(stack(Q=queue(Tags={"Fn::Split": ["-", text]})) for text in (pieces, pieces[::-1] + "b")))


def policies() -> Iterator[Case]:
    """Each of a thousand permissions, all of them others than before."""

    def side(value: int) -> dict[str, Any]:
        statement = {
            "Effect": "Allow",
            "Action": [f"s{(n * 7 + value) % 97}:A{n}" for n in range(60)],
            "Resource": [f"arn:aws:s3:::b{n}-{value}/*" for n in range(30)],
        }
        document = {"PolicyDocument": {"Statement": [statement] * 4}}
        return stack(**{f"P{n}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": document} for n in range(60)})

    yield lambda: ended(compare(side(1), side(2)))


def texts_that_name_each_other() -> Iterator[Case]:
    """Of nothing, of what nobody knows, and many of which each is as large as one may be."""
    yield from answered(None, stack(Q=queue(QueueName=named_often("", 30, 20, ""))))
    region = {"Ref": "AWS::Region"}
    asks = {"Conditions": {"C": {"Fn::Equals": [region, "x"]}}}
    for inner in (region, {"Fn::If": ["C", region, ""]}):
        yield from both(None, {**stack(Q=queue(QueueName=named_often(inner, 14, 20))), **asks})
    for large in (named_often(region, 14, 2), named_often("x", 4, 26)):
        yield from both(None, stack(**{f"Q{n}": queue(QueueName=large) for n in range(490)}))


def named_often(value: Any, depth: int, often: int, behind: str = "-") -> Any:
    for _ in range(depth):
        value = {"Fn::Sub": [("${A}" + behind) * often, {"A": value}]}
    return value


def nowhere() -> Iterator[Case]:
    """Thousands of references to what is not there."""
    rows = {f"Q{n}": queue(Tags=[{"Ref": f"No{n}_{at}"} for at in range(40)]) for n in range(490)}
    yield lambda: ended(compare(None, stack(**rows)))


def cycles() -> Iterator[Case]:
    ring = {f"Q{n}": queue(QueueName={"Fn::GetAtt": [f"Q{(n + 1) % 2_000}", "Arn"]}) for n in range(2_000)}
    changed = {**ring, "Q7": queue(QueueName="q", Tags=[{"Fn::GetAtt": ["Q8", "Arn"]}])}
    yield from answered(stack(**ring), stack(**changed))
    row = {f"Q{n}": queue(QueueName={"Fn::GetAtt": [f"Q{n - 1}", "Arn"]}) for n in range(1, 4_000)}
    yield lambda: told(compare(stack(Q0=queue(), **row), stack(Q0=queue(DelaySeconds=1), **row)))
    yield from both(None, {**stack(Q=queue()), "Conditions": {"A": {"Condition": "B"}, "B": {"Condition": "A"}}})
    yield from both(None, stack(Q={**queue(), "DependsOn": "Q"}))
    yield from both(None, {"Mappings": {"M": {"a": {"b": {"Fn::FindInMap": ["M", "a", "b"]}}}}, **stack(Q=queue())})


YAML = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: &name orders}
  Size: {Type: Number, Default: 3}
  List: {Type: CommaDelimitedList, Default: "a,b"}
  Secret: {Type: String, NoEcho: true, Default: x}
Conditions:
  Large: !Equals [!Ref Size, 3]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: Large
    Properties:
      QueueName: !Sub "${Name}-${AWS::Region}"
      Tags: [{Key: a, Value: !Select [0, !Ref List]}, {Key: b, Value: *name}]
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TableName: !If [Large, !Join ["-", [!Ref Name, t]], !Ref AWS::NoValue]
Outputs:
  Arn: {Value: !GetAtt Queue.Arn, Export: {Name: arn}}
"""
PIECES = [piece.encode() for piece in ("!Ref ", "&a ", "*a ", "<<: ", "{", "}", "[", "]", ": ", "- ", "\n", "\t", "|\n",
          "!!python/object:os.system ", "%TAG ! x\n", "---\n", "? ", '"', "'", "#", "0x1F", "1e999", ".inf", "~", "\0",
          "2001-01-01", "!Transform ", "Fn::ForEach::X: ", "${", "!Sub ", "!GetAtt ", "\u2028", "=")]  # fmt: skip
CASES: dict[str, Callable[[], Iterator[Case]]] = {
    case.__name__: case
    for case in (
        megabyte, reversed_lists, objects_reversed, dense_references, mutated_yaml, mutated_parameters, anchors, deep, causes,
        cycles, nowhere, policies,
    )
}  # fmt: skip

if __name__ == "__main__":
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    main(sys.argv[1])
