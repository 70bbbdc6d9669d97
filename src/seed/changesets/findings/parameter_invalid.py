"""Values that a parameter does not take: CloudFormation refuses them before anything happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from seed.changesets.evaluate import MASKED, Later
from seed.changesets.findings.assertions import broken
from seed.changesets.findings.places import digits
from seed.changesets.findings.rule import Rule
from seed.changesets.include import LANGUAGE, SAM
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import Secret, printable, scalar_text

NUMBER = re.compile(r"[-+]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})([eE][-+]?[0-9]{1,3})?")
NUMBERS = ("Number", "List<Number>")
LONGEST, MOST_LOOPS, MOST_RULES = 128, 3, 20
MOST_BYTES = 4_096
COSTLY = re.compile(r"\)[*+{?]|\\[1-9]|\(\?")
"""Groups that repeat: somebody else's pattern must not cost us the day."""
LOOP = re.compile(r"[*+]|\{\d*,\d*\}")


def find(review: Review) -> Iterator[Finding]:
    new = review.new
    if set(new.unseen) - {LANGUAGE, SAM}:
        return  # a macro may declare more, and other ones
    for name, spec in new.section("Parameters").items():
        if name.startswith("Fn::"):
            continue
        value = new.written(name)
        if value is None or value == MASKED or isinstance(new.given.get(name), Later):
            continue
        if wrong := _wrong(spec, value):
            shown = "" if isinstance(new.parameters.get(name), Secret) else f" {_short(value)}"
            called = _short(name)
            yield _finding(f"Parameters/{called}", f"the value{shown} of the parameter {called} {wrong}", spec)
    for name in new.given:
        if name not in new.section("Parameters"):
            sentence = f"the parameter {_short(name)} is given, and the template does not declare it"
            yield _finding(f"Parameters/{_short(name)}", sentence)
    yield from _asserted(review)


def _asserted(review: Review) -> Iterator[Finding]:
    """What is deployed with the same values kept the rule, whatever we make of it."""
    found = list(islice(broken(review.new), MOST_RULES))
    known = set(broken(review.old)) if found and review.old else set()
    for one in found:
        if one not in known:
            says = f": {printable(one.says).rstrip('.')}" if one.says else ""
            where = f"Rules/{_short(one.rule)}/Assertions/{one.place}"
            yield _finding(where, f"the values of the parameters break the rule {_short(one.rule)}{says}")


def _finding(evidence: str, sentence: str, spec: Mapping[str, Any] | None = None) -> Finding:
    """The template's own word for what a parameter takes says it best."""
    told = (spec or {}).get("ConstraintDescription")
    usual = "Give it another value, or change what the template says of the parameter."
    return Finding(
        "parameter-invalid",
        Severity.DANGER,
        f"The deployment will fail: {sentence}.",
        evidence=evidence,
        hint=f"The template says of it: {_short(told)}" if isinstance(told, str) and told else usual,
    )


def _wrong(spec: Mapping[str, Any], text: str) -> str:
    kind = scalar_text(spec.get("Type", "String"))
    if (size := len(text.encode(errors="replace"))) > MOST_BYTES:
        return f"is {size:,} bytes long, and may be {MOST_BYTES:,}"
    lists = kind == "CommaDelimitedList" or kind.startswith("List<")
    items = [part.strip() for part in text.split(",")] if lists else [text]
    if kind in NUMBERS and not all(_number(item) is not None for item in items):
        return "is not a number"
    allowed = spec.get("AllowedValues")
    taken = list(map(scalar_text, allowed)) if isinstance(allowed, list) else [text]
    if text not in taken and not set(items) <= set(taken):
        return f"is none of those allowed ({_short(', '.join(taken))})"
    return _beyond(spec, kind, items) or ("does not match its AllowedPattern" if _mismatch(spec, kind, items) else "")


def _beyond(spec: Mapping[str, Any], kind: Any, items: list[str]) -> str:
    sizes = [_number(item) for item in items] if kind in NUMBERS else [float(len(item)) for item in items]
    unit = "Value" if kind in NUMBERS else "Length"
    least, most = (_number(scalar_text(spec.get(side + unit, ""))) for side in ("Min", "Max"))
    if least is not None and any(size is not None and size < least for size in sizes):
        return f"is below its Min{unit} of {digits(least)}"
    if most is not None and any(size is not None and size > most for size in sizes):
        return f"is above its Max{unit} of {digits(most)}"
    return ""


def _mismatch(spec: Mapping[str, Any], kind: Any, items: list[str]) -> bool:
    pattern = spec.get("AllowedPattern")
    if not isinstance(pattern, str) or kind not in ("String", "CommaDelimitedList") or len(pattern) > LONGEST:
        return False
    if COSTLY.search(pattern) or len(LOOP.findall(pattern)) > MOST_LOOPS or max(map(len, items)) > LONGEST:
        return False
    with suppress(re.error, OverflowError):
        return not all(re.fullmatch(pattern, item) for item in items)
    return False  # a pattern that only CloudFormation reads


def _number(text: str) -> float | None:
    """As CloudFormation writes one: Python takes `1_000` and `nan` too."""
    return float(text) if NUMBER.fullmatch(text.strip()) else None


def _short(text: str) -> str:
    return printable(text if len(text) <= LONGEST else text[:LONGEST] + "…")


RULE = Rule(
    "parameter-invalid",
    "A parameter has a value that it does not take",
    "danger",
    "CloudFormation checks each value against the type, the allowed values, the pattern and the bounds that the "
    "template gives, and all of them against its Rules; it refuses parameters that it does not declare.",
    "CloudFormation user guide: Parameters; Rules; Rule functions",
    find,
    fails=True,
)
