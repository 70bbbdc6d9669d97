"""What `seed diff` reads: templates with the nested ones that lie beside them, parameters, snippets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from seed.changesets import InvalidTemplate, Template, Tree, parse_snippet, parse_template
from seed.changesets.evaluate import Resolved, World
from seed.changesets.nested import DEEPEST, STACK
from seed.changesets.values import scalar_text
from seed.errors import Invalid

APPLICATION = "AWS::Serverless::Application"
ADDRESSES = {STACK: "TemplateURL", APPLICATION: "Location"}
NOTHING: Mapping[str, str] = {}
MOST_FILES = 200
MOST_BYTES = 8 * 1024 * 1024


@contextmanager
def said_of(file: Path) -> Iterator[None]:
    """Of several files it is told which one is wrong."""
    try:
        yield
    except InvalidTemplate as error:
        error.where = f"{file}: {error.where}" if error.where else str(file)
        raise


def read_text(file: Path) -> str:
    """Templates come from anybody: what is too large is not read (a device has no end), what is no text is refused."""
    try:
        with file.open("rb") as source:
            found = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise Invalid(f"The file cannot be read: {error.strerror}.", where=str(file)) from None
    if len(found) > MOST_BYTES:
        raise Invalid(f"The file is larger than {MOST_BYTES // 1024 // 1024} MiB.", where=str(file))
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not text in UTF-8.", where=str(file)) from None


def read_json(file: Path) -> Any:
    try:
        found = json.loads(read_text(file))
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # half of a sign is no text
    except (ValueError, RecursionError):
        raise Invalid("The file is not JSON.", where=str(file)) from None
    return found


def read_tree(file: Path) -> Tree:
    """A template, and each nested one that is a file below its folder. Nothing outside of it is read."""
    text = read_text(file)
    folder = file.resolve().parent
    return _Reader(folder).tree(folder, text, file, 0)


@dataclass(slots=True)
class _Reader:
    root: Path
    files: int = 0

    def tree(self, folder: Path, text: str, shown: Path, depth: int) -> Tree:
        with said_of(shown):
            template = parse_template(text)
            if "Resources" not in template:  # of a stack in review CloudFormation itself answers one without
                raise InvalidTemplate(
                    "The template has no Resources.", hint="CloudFormation takes none without a resource."
                )
        children = {}
        for properties, key in _stacks(template) if depth < DEEPEST else ():
            file = self._file(folder, properties[key])
            if file is None:
                continue
            self.files += 1
            if self.files > MOST_FILES:
                raise Invalid(f"More than {MOST_FILES} nested templates are referred to.")
            inner = read_text(file)
            import hashlib  # most templates are not nested

            # what lies there is part of the address, as it is once it is uploaded
            properties[key] += f"?sha256={hashlib.sha256(inner.encode()).hexdigest()[:12]}"
            children[properties[key]] = self.tree(file.parent, inner, file, depth + 1)
        return Tree(template, children)

    def _file(self, folder: Path, address: str) -> Path | None:
        if "://" in address or "\0" in address or Path(address).is_absolute():
            return None
        try:
            file = (folder / address).resolve()
            return file if file.is_relative_to(self.root) and file.is_file() else None
        except (OSError, RuntimeError):  # names that are too long, links that go in circles
            return None


def _stacks(template: Template) -> Iterable[tuple[dict[str, Any], str]]:
    for resource in (template.get("Resources") or {}).values():
        key = ADDRESSES.get(resource.get("Type", "")) if isinstance(resource, dict) else None
        properties = resource.get("Properties") if key else None
        if key and isinstance(properties, dict) and isinstance(properties.get(key), str):
            yield properties, key


def deployed_values(template: Template | None, before: Mapping[str, str]) -> dict[str, str]:
    """What every parameter of the stack has now: a value that was given, or the default of the template that runs."""
    world = World(template or {}, before)
    told = {name: world.written(name) for name in world.section("Parameters")}
    return {**{name: text for name, text in told.items() if text is not None}, **before}


def read_parameters(file: Path | None, previous: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """`{"Name": "value"}`, or the list that `aws cloudformation` takes and answers; `previous` are the values that the
    stack has.
    """
    if file is None:
        return {}
    found = read_json(file)
    if isinstance(found, list):
        found = dict(_of_list(found, previous, file))
    if not isinstance(found, dict):
        raise Invalid('A parameter file is {"Name": "value"}.', where=str(file))
    return {str(name): _value(name, value) for name, value in found.items()}


def _of_list(found: list[Any], previous: Mapping[str, str], file: Path) -> Iterable[tuple[str, Any]]:
    for one in found:
        if not isinstance(one, dict) or not isinstance(one.get("ParameterKey"), str):
            raise Invalid('Each parameter is {"ParameterKey": "Name", "ParameterValue": "value"}.', where=str(file))
        name = one["ParameterKey"]
        if one.get("UsePreviousValue") is True:
            if name in previous:
                yield name, previous[name]
        elif isinstance(one.get("ResolvedValue"), str):
            yield name, Resolved(_value(name, one.get("ParameterValue", "")), one["ResolvedValue"])
        else:
            yield name, one.get("ParameterValue", "")


def read_tags(file: Path | None) -> dict[str, str]:
    """`{"Key": "value"}`, or the list that `aws cloudformation` takes and answers."""
    found = {} if file is None else read_json(file)
    if isinstance(found, list) and all(isinstance(one, dict) and {"Key", "Value"} <= one.keys() for one in found):
        found = {one["Key"]: one["Value"] for one in found}
    if not isinstance(found, dict) or any(isinstance(value, dict | list | NoneType) for value in found.values()):
        raise Invalid('A tag file is {"Key": "value"}.', where=str(file))
    return {str(name): scalar_text(value) for name, value in found.items()}


def _value(name: str, given: Any) -> str:
    """As CloudFormation takes it: a list with commas, a truth in lower case."""
    if isinstance(given, list) and not any(isinstance(item, dict | list) for item in given):
        return ",".join(map(scalar_text, given))
    if given is None or isinstance(given, dict | list):
        raise Invalid("The value of a parameter is a text, a number, a truth or a list of them.", where=name)
    return given if isinstance(given, Resolved) else scalar_text(given)


def read_includes(given: Iterable[str]) -> dict[str, Template]:
    """`LOCATION=FILE` each."""
    found = {}
    for one in given:
        location, sign, file = one.rpartition("=")
        if not sign or not location:
            raise Invalid("An include is LOCATION=FILE.", where=one)
        with said_of(Path(file)):
            found[location] = parse_snippet(read_text(Path(file)))
    return found
