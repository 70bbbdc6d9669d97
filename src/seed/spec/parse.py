"""Read a build spec. Everything that is wrong is found in one go, each with its line.

The file is walked as YAML nodes along the table of keys and never built as data, so aliases that multiply cost
nothing and every problem knows its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import PurePosixPath

import yaml

from seed.spec import keys
from seed.spec.keys import KEYS, Key
from seed.spec.model import FILE, BuildSpec, Problem, Runtime, ServiceSpec, raise_for

LARGEST = 1_000_000
DEEPEST = 20
LONGEST_DURATION = 10
SHORTEST_BEGINNING = 3
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
UNREAD = "\ufffd"
"""What stands in the place of bytes that are no text: a command with it would be another one."""
NULL, BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
FALSE = frozenset({"false", "no", "off"})
TRUE = frozenset({"true", "yes", "on"})


def parse(text: str) -> BuildSpec:
    """Raises with every problem of the file."""
    spec, found = read(text)
    raise_for(found)
    return spec


def problems(text: str) -> list[Problem]:
    return read(text)[1]


def read(text: str) -> tuple[BuildSpec, list[Problem]]:
    """What could be read, and what is wrong with the rest."""
    if len(text) > LARGEST:
        return BuildSpec(), [Problem(0, "", f"{FILE} is larger than 1 MB.")]
    if UNREAD in text:
        line = text[: text.index(UNREAD)].count("\n") + 1
        return BuildSpec(), [Problem(line, "", "This line is not in UTF-8.", "Save the file in that encoding.")]
    try:
        _shallow(text)
        root = yaml.compose(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        return BuildSpec(), [Problem(mark.line + 1 if mark else 0, "", f"It does not parse as YAML: {said}.")]
    reader = _Reader()
    return (reader.spec(root) if root is not None else BuildSpec()), sorted(reader.found, key=lambda p: p.line)


def _shallow(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"nested deeper than {DEEPEST} levels")


class _Reader:
    """One walk through the nodes; problems gather in `found`."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def spec(self, root: yaml.Node) -> BuildSpec:
        given = dict(self._known(root, "", KEYS))
        shared = self._service(given, "", ServiceSpec())
        cache = self._strings(given["cache"], "cache", keys.MOST_PATHS) if "cache" in given else ()
        paths = tuple(path for path in cache if self._inside(path, given["cache"]))
        shared = replace(shared, cache=paths)
        return BuildSpec(
            shared=shared,
            services=self._services(given["services"], shared) if "services" in given else {},
            check_code_change=self._way(given["check_code_change"]) if "check_code_change" in given else "",
            stage_name_constructor=(
                self._command(given["stage_name_constructor"], "stage_name_constructor")
                if "stage_name_constructor" in given
                else ""
            ),
            build_timeout=(
                self._duration(given["build_timeout"], "build_timeout") if "build_timeout" in given else None
            ),
        )

    def _services(self, node: yaml.Node, shared: ServiceSpec) -> dict[str, ServiceSpec]:
        pairs = list(self._pairs(node, "services"))
        if len(pairs) > keys.MOST_SERVICES:
            self._say(node, "services", f"{len(pairs)} services are too many; {keys.MOST_SERVICES} at most.")
            return {}
        each = tuple(key for key in KEYS if key.each)
        return {
            name: self._service(dict(self._known(value, f"services.{name}", each)), f"services.{name}", shared)
            for name, _, value in pairs
        }

    def _service(self, given: dict[str, yaml.Node], where: str, over: ServiceSpec) -> ServiceSpec:
        hooks = dict(over.hooks)
        for hook in keys.HOOKS:
            if hook in given:
                commands = self._strings(given[hook], _path(where, hook), keys.MOST_COMMANDS)
                hooks[hook] = tuple(one for one in commands if self._short(one, given[hook], _path(where, hook)))
        environment, timeout, runtime = dict(over.environment), over.timeout, over.runtime
        if "environment" in given:
            environment.update(self._environment(given["environment"], _path(where, "environment")))
        if "timeout" in given:
            timeout = self._duration(given["timeout"], _path(where, "timeout"))
        if "runtime" in given:
            runtime = self._runtime(given["runtime"], _path(where, "runtime"), over.runtime)
        tests = over.unit_tests
        if "unit_tests" in given:
            tests = self._switch(given["unit_tests"], _path(where, "unit_tests"))
        return ServiceSpec(hooks, environment, timeout, runtime, over.cache, tests)

    def _known(self, node: yaml.Node, where: str, known: tuple[Key, ...]) -> Iterator[tuple[str, yaml.Node]]:
        names = [key.name for key in known]
        for name, key, value in self._pairs(node, where):
            if name in names:
                if not _empty(value):
                    yield name, value
            else:
                self._unknown(key, name, where, names)

    def _unknown(self, node: yaml.Node, name: str, where: str, names: list[str]) -> None:
        near = _near(name, names)
        top = where and name in {key.name for key in KEYS}
        hint = f"Did you mean {near}?" if near else f"Known are: {', '.join(names)}."
        hint = "It may stand at the top of the file only." if top else hint
        self._say(node, _path(where, name), f"{_path(where, name[:80])} is not a key of a build spec.", hint)

    def _pairs(self, node: yaml.Node, where: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Each key once; a key that stands twice is a mistake that YAML itself keeps quiet about."""
        if not isinstance(node, yaml.MappingNode):
            if not _empty(node):
                self._say(node, where, f"{where or FILE} must be a mapping of keys.")
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in seen:
                self._say(key, where, f"{_path(where, name)} stands there twice." if name else "A key must be a word.")
                continue
            seen.add(name)
            yield name, key, value

    def _strings(self, node: yaml.Node, where: str, most: int) -> tuple[str, ...]:
        if isinstance(node, yaml.ScalarNode):
            self._say(
                node, where, f"{where} must be a list.", "Write each on a line of its own that begins with a dash."
            )
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self._say(node, where, f"{where} must be a list.")
            return ()
        if len(node.value) > most:
            self._say(node, where, f"{where} has {len(node.value)} entries; {most} at most.", "Put them in a script.")
            return ()
        return tuple(text for one in node.value if (text := self._string(one, where)))

    def _string(self, node: yaml.Node, where: str) -> str:
        if isinstance(node, yaml.ScalarNode) and not _empty(node) and "\0" not in node.value:
            return str(node.value)
        self._say(node, where, f"An entry of {where} is not a text.", "A text with a colon and a space needs quotes.")
        return ""

    def _short(self, command: str, node: yaml.Node, where: str) -> bool:
        if len(command) <= keys.LONGEST_COMMAND:
            return True
        self._say(node, where, f"A command of {where} is longer than {keys.LONGEST_COMMAND} characters.")
        return False

    def _command(self, node: yaml.Node, where: str) -> str:
        text = self._string(node, where)
        return text if self._short(text, node, where) else ""

    def _inside(self, path: str, node: yaml.Node) -> bool:
        pure = PurePosixPath(path)
        if not pure.is_absolute() and ".." not in pure.parts and pure.parts and pure.parts[0] not in {"~", ".git"}:
            return True
        self._say(node, "cache", f"cache: {path[:80]!r} is not a folder inside of the repository.")
        return False

    def _way(self, node: yaml.Node) -> str:
        choices = next(key.choices for key in KEYS if key.name == "check_code_change")
        if isinstance(node, yaml.ScalarNode):
            if node.value.lower() in FALSE:
                return "off"
            if node.value in choices:
                return str(node.value)
        self._say(node, "check_code_change", f"check_code_change must be false, {', '.join(choices)}.")
        return ""

    def _switch(self, node: yaml.Node, where: str) -> bool | None:
        text = node.value.lower() if isinstance(node, yaml.ScalarNode) and node.tag == BOOL else ""
        if text in FALSE or text in TRUE:
            return text in TRUE
        self._say(node, where, f"{where} must be true or false.")
        return None

    def _duration(self, node: yaml.Node, where: str) -> float | None:
        text = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if re.fullmatch(keys.DURATION, text) and len(text) <= LONGEST_DURATION:
            unit = text[-1] if text[-1] in SECONDS else "m"
            seconds = float(text.rstrip("smh")) * SECONDS[unit]
            if seconds > 0:
                return seconds
        self._say(node, where, f"{where} must be minutes such as 10, or 90s, 10m, 1h.")
        return None

    def _runtime(self, node: yaml.Node, where: str, over: Runtime) -> Runtime:
        given = {"node": over.node, "python": over.python}
        for name, key, value in self._pairs(node, where):
            if name not in given:
                self._unknown(key, name, where, list(given))
            elif isinstance(value, yaml.ScalarNode) and re.fullmatch(keys.VERSION, value.value):
                given[name] = value.value.removeprefix("v")
            else:
                self._say(value, where, f"{where}.{name} must be a version such as 20 or '3.11'.")
        return Runtime(**given)

    def _environment(self, node: yaml.Node, where: str) -> dict[str, str]:
        pairs = list(self._pairs(node, where))
        if len(pairs) > keys.MOST_VARIABLES:
            self._say(node, where, f"{where} has {len(pairs)} variables; {keys.MOST_VARIABLES} at most.")
            return {}
        given = {}
        for name, key, value in pairs:
            if not re.fullmatch(keys.VARIABLE, name):
                self._say(key, where, f"{name[:80]!r} cannot name a variable.", "Letters, digits and underscores.")
            elif name.startswith(keys.OURS) or name in keys.KEPT:
                self._say(key, where, f"{name} is set by Seed itself.", "Choose another name.")
            elif not isinstance(value, yaml.ScalarNode) or "\0" in value.value:
                self._say(value, where, f"{where}.{name} is not a text.")
            elif len(value.value) > keys.LONGEST_VALUE:
                self._say(value, where, f"{where}.{name} is longer than {keys.LONGEST_VALUE} characters.")
            else:
                given[name] = "" if value.tag == NULL else str(value.value)
        return given

    def _say(self, node: yaml.Node, key: str, sentence: str, hint: str = "") -> None:
        self.found.append(Problem(node.start_mark.line + 1, key, sentence, hint))


def _near(name: str, known: list[str]) -> str:
    """The key that was meant; "" where none is near. A beginning of one is as good: `env`."""
    word = name.lower().replace("-", "_")
    begun = [key for key in known if len(word) >= SHORTEST_BEGINNING and key.startswith(word)]
    return next(iter(get_close_matches(word, known, 1, 0.6) or begun), "")


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == NULL


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
