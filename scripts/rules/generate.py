"""Make the replacement rules that `seed.changesets` ships, from public sources.

Installs npm `@aws-cdk/aws-service-spec` (Apache-2.0, pinned in `provenance.py`) in a temporary folder and reads which
properties replace a resource, nested ones included; `cfn_lint.py` beside this script adds what the CloudFormation
registry's schemas say beyond it, or against it. Writes types.bin (these rules, what Fn::GetAtt may ask of each type,
and which properties each type takes and needs) and PROVENANCE.md beside the code that reads them.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.rules.cfn_lint import CfnLint
from scripts.rules.provenance import PACKAGE, VERSION, provenance
from seed.changesets.rules.services import ATTRIBUTES, FILE, NUMBERS, RULES, SHAPES, service_name

TARGET = Path(__file__).parents[2] / "src/seed/changesets/rules"
DEPTH = 8
CUSTOM = "AWS::CloudFormation::CustomResource"
MOST_WORDS = 12
WORD = re.compile(r"[A-Za-z_ -]+")
"""Lists of values are kept where they are short and of words: sizes, versions and regions grow."""
LEVELS = {"yes": "A", "maybe": "C"}


def write(source: CfnLint) -> None:
    schema = fetch()
    rules = from_spec(schema)
    facts = source.facts()
    added = beyond_spec(rules, facts)
    add_registry(rules, added)
    pack(rules, attributes(schema, facts), dict(shapes(schema, facts)))
    (TARGET / "PROVENANCE.md").write_text(provenance(rules, added, len(facts)))


def pack(rules: dict[str, Any], asked: dict[str, Any], shaped: dict[str, dict[str, Any]]) -> None:
    """A line with the place of each service, then their blocks: a reader unpacks only the services that it meets."""
    services: dict[str, dict[str, Any]] = defaultdict(lambda: {RULES: {}, ATTRIBUTES: {}, NUMBERS: {}, SHAPES: []})
    for name, found in shaped.items():
        services[name] |= found
    for part, types in ((RULES, rules), (ATTRIBUTES, asked)):
        for kind, said in types.items():
            services[service_name(kind)][part][kind] = said
    index: dict[str, tuple[int, int]] = {}
    blocks = b""
    for name, found in sorted(services.items()):
        block = zlib.compress(json.dumps(found, sort_keys=True, separators=(",", ":")).encode(), 9)
        index[name] = (len(blocks), len(block))
        blocks += block
    FILE.write_bytes(json.dumps(index, separators=(",", ":")).encode() + b"\n" + blocks)


def shapes(schema: dict[str, Any], facts: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Service → numbers: type → its shape's, and the shapes, each what it takes and what of that it needs. What only
    the registry knows yet is a value that nobody describes.
    """
    definitions = {d["$id"]: d for d in schema["typeDefinition"]["entities"]}
    services = defaultdict(list)
    for resource in schema["resource"]["entities"]:
        services[resource["cloudFormationType"].split("::")[1]].append(resource)
    for service, resources in sorted(services.items()):
        made = Shapes(definitions)
        types = {one["cloudFormationType"]: made.of(one["cloudFormationType"], one["properties"]) for one in resources}
        for kind, number in types.items():
            takes = made.shapes[number][0]
            takes |= {name: 0 for name in facts.get(kind, {}).get("takes", ()) if name not in takes}
        yield service, {NUMBERS: types, SHAPES: made.shapes}


class Shapes:
    """Of one service. A property is 0 (a value, or free JSON), n (an object of shape n-1), a list or a map of these."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self.shapes: list[Any] = []
        self.numbers: dict[str, int] = {}

    def of(self, key: str, properties: dict[str, Any]) -> int:
        if key not in self.numbers:
            self.numbers[key] = number = len(self.shapes)
            self.shapes.append(None)
            takes = {name: self.code(spec["type"]) for name, spec in properties.items()}
            self.shapes[number] = [takes, [name for name, spec in properties.items() if spec.get("required")]]
        return self.numbers[key]

    def code(self, kind: dict[str, Any]) -> Any:
        if kind["type"] == "ref":
            definition = self.definitions[kind["reference"]["$ref"]]
            return self.of(definition["$id"], definition["properties"]) + 1 if definition["properties"] else 0
        if kind["type"] in ("array", "map"):
            inner = self.code(kind["element"])
            return 0 if inner == 0 else [inner] if kind["type"] == "array" else {"*": inner}
        allowed = kind.get("allowedValues", ())
        words = 0 < len(allowed) <= MOST_WORDS and all(isinstance(one, str) and WORD.fullmatch(one) for one in allowed)
        return "|".join(allowed) if words else 0


def attributes(schema: dict[str, Any], facts: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Type → what Fn::GetAtt may ask of it, up to the first dot; a custom resource answers what its handler says."""
    found = {kind: set(fact["answers"]) for kind, fact in facts.items()}
    for resource in schema["resource"]["entities"]:
        names = {name.split(".", 1)[0] for name in resource["attributes"]}
        found.setdefault(resource["cloudFormationType"], set()).update(names)
    found.pop(CUSTOM, None)
    return {kind: sorted(names) for kind, names in sorted(found.items()) if names}


def fetch() -> dict[str, Any]:
    """The database inside the npm package. No script of the package runs."""
    with tempfile.TemporaryDirectory() as folder:
        npm = shutil.which("npm") or sys.exit("npm is needed")
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder]
        subprocess.run([*command, f"{PACKAGE}@{VERSION}"], check=True, stdout=subprocess.DEVNULL)
        packed = Path(folder, "node_modules", PACKAGE, "db.json.gz").read_bytes()
    schema: dict[str, Any] = json.loads(gzip.decompress(packed))["schema"]
    return schema


def from_spec(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Type → A: paths that always replace, C: that may, J: free JSON, N: the name a person gives, S: state."""
    definitions = {d["$id"]: d for d in schema["typeDefinition"]["entities"]}
    rules = {}
    for resource in schema["resource"]["entities"]:
        found: dict[str, Any] = {"A": [], "C": []}
        for path, level in paths(resource["properties"], definitions, ()):
            found[level].append("/".join(path))
        for extra in resource.get("additionalReplacementProperties", []):
            found["A"].append("/".join(extra))
        entry: dict[str, Any] = {level: sorted(set(found[level])) for level in ("A", "C") if found[level]}
        whole = sorted({"/".join(path) for path in documents(resource["properties"], definitions, ())})
        if whole:
            entry["J"] = whole
        name = name_property(resource)
        if name:
            entry["N"] = name
            if (resource.get("cfnRefIdentifier") or resource.get("primaryIdentifier")) == [name]:
                entry["I"] = 1
        if resource.get("isStateful"):
            entry["S"] = 1
        tag = resource.get("tagInformation", {}).get("tagPropertyName")
        if tag and tag != "Tags":
            entry["T"] = tag
        rules[resource["cloudFormationType"]] = entry
    return rules


def paths(
    properties: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...], seen: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Rules below a property that always replaces say nothing new and are left out."""
    for name, spec in properties.items():
        path = (*above, name)
        level = LEVELS.get(spec.get("causesReplacement", "no"))
        if level:
            yield path, level
        if level == "A" or len(path) >= DEPTH:
            continue
        for reference, star in references(spec["type"]):
            if reference not in seen:
                inner = definitions[reference]["properties"]
                yield from paths(inner, definitions, (*path, *star), seen | {reference})


def documents(
    properties: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...], seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, ...]]:
    """Properties whose inside no schema describes (policy documents): CloudFormation compares them as a whole."""
    for name, spec in properties.items():
        path = (*above, name)
        kinds = {one["type"] for one in spec["type"].get("types", [spec["type"]])}
        if "json" in kinds and kinds <= {"json", "string"}:
            yield path
        if len(path) < DEPTH:
            for reference, star in references(spec["type"]):
                if reference not in seen:
                    inner = definitions[reference]["properties"]
                    yield from documents(inner, definitions, (*path, *star), seen | {reference})


def references(kind: dict[str, Any], star: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The object types inside a property's type, with a `*` for each list or map on the way."""
    if kind["type"] == "ref":
        yield kind["reference"]["$ref"], star
    elif kind["type"] in ("array", "map"):
        yield from references(kind["element"], (*star, "*"))
    elif kind["type"] == "union":
        for one in kind["types"]:
            yield from references(one, star)


def name_property(resource: dict[str, Any]) -> str:
    """The property by which a person names the resource; with it set, CloudFormation cannot replace it."""
    identifier = resource.get("primaryIdentifier") or []
    for candidate in (f"{resource['name']}Name", "Name", *(identifier if len(identifier) == 1 else ())):
        spec = resource["properties"].get(candidate)
        if spec and spec.get("causesReplacement") == "yes" and spec["type"]["type"] == "string":
            return str(candidate)
    return ""


def beyond_spec(rules: dict[str, dict[str, Any]], facts: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """What the schemas say beyond, or against, the service spec: type → key → paths."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, said in facts.items():
        if kind not in rules:
            found[kind] = {}
        always = rules.get(kind, {}).get("A", [])
        known = {*always, *rules.get(kind, {}).get("C", [])}
        for key in ("create_only", "conditional"):
            new = sorted(p for p in said.get(key, []) if p not in known and p.split("/")[0] not in known)
            if new:
                found.setdefault(kind, {})[key] = new
                known |= set(new) if key == "create_only" else set()
        decided = [p for p in said.get("conditional", []) if p not in said["create_only"]]
        decided = sorted(p for p in decided if any(within(one, p) for one in always))
        if decided:
            found.setdefault(kind, {})["decided"] = decided
        named = [*said.get("create_only", []), *said.get("conditional", [])]
        stale = [one for one in always if not any(within(one, p) or within(p, one) for p in named)]
        stale = [one for one in stale if "tags_updatable" in said and (one != "Tags" or said["tags_updatable"])]
        if stale:
            found.setdefault(kind, {})["updatable"] = sorted(stale)
    return found


def within(path: str, above: str) -> bool:
    return path == above or path.startswith(above + "/")


def add_registry(rules: dict[str, dict[str, Any]], facts: dict[str, dict[str, list[str]]]) -> None:
    for kind, said in facts.items():
        entry = rules.setdefault(kind, {})
        always = [
            *(one for one in entry.get("A", []) if one not in said.get("updatable", [])),
            *said.get("create_only", []),
        ]
        may = [*entry.get("C", []), *said.get("conditional", [])]
        levels = {"A": always, "C": may, "D": said.get("decided", [])}
        for level, paths in levels.items():
            entry.pop(level, None)
            if paths:
                entry[level] = sorted(set(paths))
