"""What CloudFormation refuses before it looks at any resource: sections, names and attributes that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.findings.sections import imports, of_sections
from seed.changesets.findings.shaped import macros
from seed.changesets.include import LANGUAGE, SAM
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import mentioned
from seed.changesets.review import Review
from seed.changesets.template import InvalidTemplate, Written
from seed.changesets.values import printable, scalar_text

VERSION, DESCRIPTION, LONGEST = "AWSTemplateFormatVersion", "Description", 1024
SECTIONS = {
    VERSION, DESCRIPTION, "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform", "Hooks",
    "Resources", "Outputs",
}  # fmt: skip
ATTRIBUTES = {
    "Type", "Properties", "Metadata", "DependsOn", "Condition", "CreationPolicy", "UpdatePolicy", "DeletionPolicy",
    "UpdateReplacePolicy", "Version", "Description",
}  # fmt: skip
"""`Description` stands in no reference, and in templates that were deployed."""
IMPORT = "Fn::ImportValue"
EXTENDED = ("Fn::Length", "Fn::ToJsonString")
NAMED = {"Resources": "resource", "Parameters": "parameter", "Outputs": "output"}
TYPES = re.compile(r"String|Number|CommaDelimitedList|List<.+>|AWS::.+")
MOST, SHOWN = 20, 100
Wrong = tuple[str, str, str]
"""Where, what, and the name of the resource that it is said of."""


def find(review: Review) -> Iterator[Finding]:
    if review.gone or macros(review):
        return
    yield from _twice(review)
    found = list(_wrong(review.new))
    known = set(_wrong(review.old)) if found and review.old else set()  # what is deployed already cannot be a mistake
    for where, what, logical_id in islice((one for one in found if one not in known), MOST):
        yield Finding(
            RULE.id,
            Severity.DANGER,
            f"The deployment will fail: {printable(what)}.",
            logical_id if logical_id in review.pairs else "",
            evidence=printable(where),
            hint="Look for a spelling mistake, or for something in the wrong place.",
        )


def _twice(review: Review) -> Iterator[Finding]:
    """CloudFormation says nothing of it and takes the last, so that what stood there first is gone without a word."""
    places = set(_places(review.new)) - set(_places(review.old) if review.old else ())
    for place in sorted(places):
        name = place.split("/")[1] if place.startswith("Resources/") else ""
        yield Finding(
            RULE.id,
            Severity.WARNING,
            f"The template says {printable(_short(place))} more than once: only what stands there last counts.",
            name if name in review.pairs else "",
            evidence=printable(_short(place)),
            hint="Put both together, or give one of them another name.",
        )


def _places(world: World) -> tuple[str, ...]:
    written = world.origin or world.template
    return written.twice if isinstance(written, Written) else ()


def _wrong(world: World) -> Iterator[Wrong]:
    yield from _of_sections(world.template)
    for section, word in NAMED.items():
        for name in world.section(section):
            if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
                what = f"the {word} {_short(name)} has another name than at most 255 letters and digits"
                yield f"{section}/{_short(name)}", what, name
    for name, resource in world.section("Resources").items():
        for key in (key for key in resource if key not in ATTRIBUTES):
            what = f"{_short(name)} has {_short(key)} beside its Type, where no resource has one"
            yield f"Resources/{_short(name)}/{_short(key)}", what, name
    for name, output in world.section("Outputs").items():
        if output.get("Value") is None:
            yield f"Outputs/{_short(name)}", f"the output {_short(name)} has no Value", ""
    for name, spec in world.section("Parameters").items():
        kind = scalar_text(spec.get("Type", ""))
        if not TYPES.fullmatch(kind):
            what = f"the parameter {_short(name)} has {f'the unknown Type {_short(kind)}' if kind else 'no Type'}"
            yield f"Parameters/{_short(name)}/Type", what, ""
    yield from of_sections(world)
    yield from _of_conditions(world)
    yield from _without_transforms(world)


def _of_sections(template: dict[str, Any]) -> Iterator[Wrong]:
    for name in (name for name in template if name not in SECTIONS):
        yield _short(name), f"a template has no section {_short(name)}", ""
    version = template.get(VERSION)
    if version is not None and scalar_text(version) != "2010-09-09":
        yield VERSION, f"the {VERSION} is {_short(scalar_text(version))}, and there is none but 2010-09-09", ""
    length = len(scalar_text(template.get(DESCRIPTION, "")).encode(errors="replace"))
    if length > LONGEST:
        yield DESCRIPTION, f"the {DESCRIPTION} of the template has {length:,} bytes, and may have {LONGEST:,}", ""


def _of_conditions(world: World) -> Iterator[Wrong]:
    """All of them are decided before anything happens, also those that nothing uses."""
    for name, asks in world.section("Conditions").items():
        for other in dict.fromkeys(mentioned(asks)):
            if other in world.known:
                what = f"the condition {_short(name)} asks for the resource {_short(other)}, which is made only later"
                yield f"Conditions/{_short(name)}", what, ""
        try:
            world.condition(name)
        except InvalidTemplate as error:
            yield f"Conditions/{_short(name)}", f"of the condition {_short(name)}: {error.sentence.rstrip('.')}", ""


def _without_transforms(world: World) -> Iterator[Wrong]:
    """What only a transform makes something of, where the template does not name it."""
    for name, resource in world.section("Resources").items():
        if str(resource["Type"]).startswith("AWS::Serverless::"):
            what = f"{_short(name)} is of {_short(resource['Type'])}, and the template does not say Transform: {SAM}"
            yield f"Resources/{_short(name)}/Type", what, name
    sought = [name for name in (*EXTENDED, IMPORT) if name in world.text]
    found = _functions(world.template) if sought else {}
    for name in EXTENDED if LANGUAGE not in world.macros else ():
        if name in found:
            yield name, f"{name} is used, and the template does not say Transform: {LANGUAGE}", ""
    yield from imports(world, found.get(IMPORT, []))


def _functions(template: dict[str, Any]) -> dict[str, list[Any]]:
    """Some functions → what each of them is given."""
    found: dict[str, list[Any]] = {}
    waiting: list[Any] = [template.get(section) for section in ("Resources", "Conditions", "Outputs")]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for name in (name for name in (*EXTENDED, IMPORT) if name in one):
                found.setdefault(name, []).append(one[name])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def _short(text: str) -> str:
    return text[:SHOWN]


RULE = Rule(
    "template-malformed",
    "A template that is not well-formed",
    "danger",
    "CloudFormation refuses a template at once (“Template format error”, “Invalid template property”) that has other "
    "sections, attributes of resources or types of parameters than it knows, names with other signs than letters and "
    "digits, one name for a parameter and a resource, an output whose value is no text, two exports of one name, an "
    "export or import that is named by a resource, a mapping of another depth, another version than 2010-09-09, a "
    "description of more than 1,024 bytes, a condition that is wrong or refers to a resource, or functions and types "
    "of a transform that it does not name. Of a key that stands twice it says nothing, and takes the last: that is a "
    "warning.",
    "CloudFormation user guide: Template sections; Conditions, Parameters, Mappings and Outputs syntax; "
    "Fn::ImportValue",
    find,
    fails=True,
)
