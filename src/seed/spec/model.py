"""A build spec as values, and what is said of one that cannot be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from seed.errors import Invalid

FILE = "seed.yml"
MOST_TOLD = 10
Hook = Literal["before_compile", "before_build", "before_deploy", "after_deploy", "before_remove", "after_remove"]


class SpecNotReadable(Invalid):
    """The build spec `seed.yml` does not say something that Seed can do."""

    code = "spec-not-readable"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; 0 where the file as a whole is meant."""

    line: int
    key: str
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        return self.at(FILE)

    def at(self, file: str) -> str:
        """As a compiler says it: an editor jumps to the place."""
        place = f"{file}:{self.line}" if self.line else file
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}: {self.sentence}{hint}"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Versions that are asked for: `20`, `3.11`. Empty: whatever the host has."""

    node: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What holds for one service: the file's own keys, with those of `services.<name>` over them."""

    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    """Seconds that one command may take. None: the server's limit."""
    runtime: Runtime = field(default_factory=Runtime)
    cache: tuple[str, ...] = ()
    unit_tests: bool | None = None
    """None: as the app is set."""

    def commands(self, hook: Hook) -> tuple[str, ...]:
        return self.hooks.get(hook, ())


@dataclass(frozen=True, slots=True)
class BuildSpec:
    """The whole file. An empty one is the same as none."""

    shared: ServiceSpec = field(default_factory=ServiceSpec)
    services: Mapping[str, ServiceSpec] = field(default_factory=dict)
    check_code_change: str = ""
    """A way to find what changed, over that of the app; `off` deploys every service each time."""
    stage_name_constructor: str = ""
    build_timeout: float | None = None
    """Seconds that a build may take as a whole. None: the server's limit."""

    def service(self, name: str) -> ServiceSpec:
        return self.services.get(name, self.shared)

    def nobodys(self, known: Collection[str]) -> list[str]:
        """What stands below `services` for a name that no service has, as sentences: it holds for none."""
        return [
            f"services.{name} of {FILE} holds for no service: the app has {', '.join(sorted(known))}."
            for name in self.services
            if name not in known
        ]


def raise_for(found: Sequence[Problem]) -> None:
    """All of them in one error, the first ones told."""
    if not found:
        return
    told = " ".join(f"Line {p.line}: {p.sentence}" if p.line else p.sentence for p in found[:MOST_TOLD])
    more = f" And {len(found) - MOST_TOLD} more." if len(found) > MOST_TOLD else ""
    hint = found[0].hint or "seed lint checks the file; docs/build-spec.md lists every key."
    raise SpecNotReadable(f"{told}{more}", hint=hint, where=FILE)
