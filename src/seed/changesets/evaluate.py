"""Evaluate a template with its parameters: conditions decided, intrinsics resolved as far as can be known.

What only AWS knows (physical ids, attributes, exports, values of SSM parameters) stays a reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from seed.changesets.include import transforms
from seed.changesets.model import MODULE
from seed.changesets.template import TRANSFORM, InvalidTemplate, Template
from seed.changesets.values import NO_VALUE, Secret, is_intrinsic, same, scalar_text

if TYPE_CHECKING:
    from seed.changesets.questions import Questions

MASKED = "****"
"""What DescribeStacks answers for a NoEcho parameter."""
LATER = "Fn::Sub"
"""Stays as the function of a value that only the deployment knows, and that refers to nothing here."""
OF_SSM = "AWS::SSM::Parameter::Value"
COMMON = ("aws", "amazonaws.com")
ELSEWHERE = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
}
"""How the regions of a partition begin → AWS::Partition and AWS::URLSuffix there; everywhere else they are common."""
SIDES = {"Fn::And": range(2, 11), "Fn::Or": range(2, 11), "Fn::Not": range(1, 2)}
"""How many conditions each takes."""


def kept(template: Template, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The values to come: what is given, and what a parameter has now that is neither given nor has a default."""
    declared = template.get("Parameters")
    specs = declared if isinstance(declared, dict) else {}
    stays = (name for name, spec in specs.items() if isinstance(spec, dict) and spec.get("Default") is None)
    return {**{name: before[name] for name in stays if name in before}, **after}


class Resolved(str):
    """The value of a parameter that names one of SSM, with what that one holds."""

    __slots__ = ("held",)
    held: str

    def __new__(cls, name: str, held: str) -> Self:
        made = super().__new__(cls, name)
        made.held = held
        return made


class Later(str):
    """The value of a parameter that only the deployment knows, as it is shown: `${Orders.Arn}`."""

    __slots__ = ()


def resolved_in_both(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What SSM holds is compared where it is told of both sides; else names are."""
    told = [{name for name, text in side.items() if isinstance(text, Resolved)} for side in (before, after)]
    both = told[0] & told[1]
    first, second = (
        {name: str(side[name]) if name in its - both else side[name] for name in side}
        for side, its in zip((before, after), told, strict=True)
    )
    return first, second


@dataclass(frozen=True, slots=True)
class Pseudo:
    """Pseudo parameters. What is not known ('') stays a reference, the same on both sides; partition and URL suffix
    follow from the region, and are the common ones where nobody told of another.
    """

    region: str = ""
    account: str = ""
    partition: str = ""
    url_suffix: str = ""
    stack_name: str = ""
    stack_id: str = ""

    def value(self, name: str) -> Any:
        found = next((there for start, there in ELSEWHERE.items() if self.region.startswith(start)), COMMON)
        known = {
            "AWS::Region": self.region,
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition or found[0],
            "AWS::URLSuffix": self.url_suffix or found[1],
            "AWS::StackName": self.stack_name,
            "AWS::StackId": self.stack_id,
        }
        if name == "AWS::NoValue":
            return NO_VALUE
        return known.get(name) or {"Ref": name}


@dataclass
class World:
    """A template, the values of its parameters, and everything that follows from both."""

    template: Template
    given: Mapping[str, str] = field(default_factory=dict)
    pseudo: Pseudo = field(default_factory=Pseudo)
    previous: Mapping[str, str] = field(default_factory=dict)
    """Values of the stack now, for parameters that are neither given nor have a default."""
    origin: Template = field(default_factory=dict)
    """The template before it was expanded, where that is another."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """The mappings of the template that this one is compared with."""
    questions: Questions | None = field(default=None, repr=False, compare=False)
    """What both of them ask in conditions."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(where, what): references to nothing, found on the way."""
    grown: float = 0
    """How far texts have grown that name each other, in the most that one of them may."""
    _conditions: dict[str, bool | None] = field(default_factory=dict)
    _deciding: list[str] = field(default_factory=list)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        return {name: self._parameter(name, spec) for name, spec in self.section("Parameters").items()}

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Those whose condition holds (or cannot be decided), as written."""
        return {
            name: resource
            for name, resource in self.section("Resources").items()
            if self.condition(resource.get("Condition")) is not False
        }

    @cached_property
    def known(self) -> frozenset[str]:
        """Every logical id of the template, those left out by a condition too."""
        return frozenset(self.section("Resources"))

    def knows(self, name: str) -> bool:
        """It is a resource, or one of those that a module makes: they are named after it."""
        return name in self.known or name.startswith(self._modules)

    @cached_property
    def _modules(self) -> tuple[str, ...]:
        written = self.section("Resources").items()
        return tuple(name for name, one in written if isinstance(one, dict) and str(one.get("Type")).endswith(MODULE))

    @property
    def macros(self) -> list[str]:
        """Names under Transform, in order."""
        given = self.template.get("Transform") or []
        found = given if isinstance(given, list) else [given]
        return [str(one.get("Name", "")) if isinstance(one, dict) else str(one) for one in found]

    @cached_property
    def unseen(self) -> tuple[str, ...]:
        """Every macro that is called, at the top or inside, in order and once."""
        inside = transforms(self.template) if TRANSFORM in self.text else []
        return tuple(dict.fromkeys([*self.macros, *inside]))

    @cached_property
    def text(self) -> str:
        """The template as the shortest JSON that says the same. What is nowhere in it need not be looked for."""
        return json.dumps(self.template, separators=(",", ":"), ensure_ascii=False, default=str)

    @cached_property
    def first(self) -> World:
        """The template as it was written, before it was expanded."""
        return World(self.origin) if self.origin and self.origin is not self.template else self

    def section(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.template.get(name) or {}
        return {key: item for key, item in found.items() if key != TRANSFORM} if TRANSFORM in found else found

    def written(self, name: str) -> str | None:
        """The text that a parameter has: given, its default, or what it is now."""
        raw: Any = self.given.get(name, self.section("Parameters").get(name, {}).get("Default"))
        if raw is None:
            raw = self.previous.get(name)
        if raw is None:
            return None
        return ",".join(map(scalar_text, raw)) if isinstance(raw, list) else scalar_text(raw)

    def _parameter(self, name: str, spec: Mapping[str, Any]) -> Any:
        kind = str(spec.get("Type", "String"))
        text = self.written(name)
        if text is None:
            return {"Ref": name}
        if scalar_text(spec.get("NoEcho", "")).lower() == "true":
            return Secret(name, text)
        told = self.given.get(name)
        if isinstance(told, Later):
            lists = kind == "CommaDelimitedList" or "List<" in kind
            return [_later(part.strip()) for part in text.split(",")] if lists else {LATER: text}
        if kind.startswith(OF_SSM) and isinstance(told, Resolved):
            kind, text = kind[len(OF_SSM) :].strip("<>"), told.held
            kind = "CommaDelimitedList" if kind.startswith("List<") else kind
        elif kind.startswith(OF_SSM):
            return {"Fn::Join": ["", ["{{resolve:ssm:", {"Ref": name}, ":" + text + "}}"]]}
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [part.strip() for part in text.split(",")] if text else []
        return text

    def condition(self, name: Any) -> bool | None:
        """None: it depends on what is not known."""
        if name is None:
            return True
        if not isinstance(name, str) or name not in self.section("Conditions"):
            self.problems.append((f"Conditions.{name}", f"The condition {name} is not defined"))
            return None
        if name not in self._conditions:
            if name in self._deciding:
                raise InvalidTemplate(f"The condition {name} depends on itself.", where=f"Conditions.{name}")
            self._deciding.append(name)
            try:
                self._conditions[name] = self.decide(self.section("Conditions")[name])
            finally:
                self._deciding.pop()
        return self._conditions[name]

    def decide(self, node: Any) -> bool | None:
        """A condition expression."""
        if isinstance(node, dict) and len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Condition":
                return self.condition(argument)
            if name == TRANSFORM:
                return None
            if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == len("ab"):
                return self._equal(*(self.value(side) for side in argument))
            if name in SIDES and isinstance(argument, list) and len(argument) in SIDES[name]:
                return combined(name, [self.decide(one) for one in argument])
            if name in SIDES:
                least, most = SIDES[name].start, SIDES[name].stop - 1
                raise InvalidTemplate(
                    f"{name} takes {least} to {most} conditions." if most > least else f"{name} takes one condition.",
                    where=name,
                )
        if isinstance(node, bool) or node in ("true", "false"):
            return node in (True, "true")
        raise InvalidTemplate("A condition is not made of And, Or, Not, Equals and Condition.")

    def definition(self, node: Any) -> Any:
        """A condition expression as far as it is decided; the conditions that it is made of keep their names."""
        holds = self.decide(node)
        if holds is not None:
            return holds
        name, argument = next(iter(node.items()))
        if name in ("Condition", TRANSFORM):
            return node
        if name == "Fn::Equals":
            return {name: list(map(self.argument, argument))}
        return {name: sorted(map(self.definition, argument), key=_in_order)}

    def _equal(self, a: Any, b: Any) -> bool | None:
        a, b = (side.value if isinstance(side, Secret) else _answered(side) for side in (a, b))
        if same(a, b):
            return True
        return None if is_intrinsic(a) or is_intrinsic(b) else False

    def value(self, node: Any) -> Any:
        """A value of the template, evaluated."""
        if isinstance(node, dict):
            if len(node) == 1:
                name = next(iter(node))
                if name == "Ref" or (isinstance(name, str) and name.startswith("Fn::")):
                    return self._call(name, node[name])
            pairs = ((key, self.value(item)) for key, item in node.items())
            return {key: item for key, item in pairs if item is not NO_VALUE}
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        return node

    def argument(self, node: Any) -> Any:
        """A value inside a function that stays: there `AWS::NoValue` can only be told, not left out."""
        found = self.value(node)
        return {"Ref": "AWS::NoValue"} if found is NO_VALUE else found

    def _call(self, name: str, argument: Any) -> Any:
        from seed.changesets.intrinsics import FUNCTIONS

        if isinstance(argument, dict) and TRANSFORM in argument:  # a macro makes what it takes
            return {name: argument}
        function: Callable[[World, Any], Any] | None = FUNCTIONS.get(name)
        if function is None:
            raise InvalidTemplate(
                f"{name} is no function that CloudFormation knows.", hint="Look for a spelling mistake."
            )
        return function(self, argument)


def _later(text: str) -> Any:
    return {LATER: text} if "${" in text else text


def _answered(side: Any) -> Any:
    """What a parent gives of its resources is none of the words that a condition asks for."""
    text = side.get(LATER) if isinstance(side, dict) and len(side) == 1 else None
    return text if isinstance(text, str) else side


def _in_order(side: Any) -> str:
    """In which order a condition asks makes no difference, and a transform may write it in any."""
    return json.dumps(side, sort_keys=True, default=repr)


def combined(name: str, sides: list[bool | None]) -> bool | None:
    """Fn::And, Fn::Or or Fn::Not of what holds; None: it is not known."""
    if name == "Fn::Not":
        return None if sides[0] is None else not sides[0]
    decisive = name == "Fn::Or"
    if decisive in sides:
        return decisive
    return None if None in sides else not decisive
