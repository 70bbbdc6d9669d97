"""What stops a service from being packaged or deployed: each rule reads the sources and tells, with its edits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from seed.changesets.findings.runtimes import ENDS, PUBLISHED, RUNTIMES, in_words, refused
from seed.frameworks.compat.edits import lines_with, with_dependencies
from seed.frameworks.compat.known import CURRENT, FUNCTION, LICENSED, PACKAGE, PROVIDER, TOP
from seed.frameworks.compat.line import NEW, for_osls_3, on_top
from seed.frameworks.compat.model import Edit, Found, Line, Problem, Sources

RUNTIME = re.compile(
    r"""(:\s*["'`]?)((?:nodejs|python|java|dotnet|ruby|go|provided)[a-z0-9.]*)(?=["'`]?\s*(?:,|#|\}|$))"""
)
ENV = re.compile(r"\$\{env:([A-Za-z_]\w*)((?:\s*,\s*env:[A-Za-z_]\w*)*)\s*(,)?")
BEFORE = re.compile(r"\$\{env:([A-Za-z_]\w*)\s*,\s*$")
PLUGINS_IN_CODE = re.compile(r"""plugins["']?\s*:\s*\[([^\]]*)\]""")
QUOTED = re.compile(r"""["'`]([^"'`]+)["'`]""")
KEY = r"""^(\s*)["']?{key}["']?\s*:"""
LAST_WITH_OBJECT = 2
"""The last line of the framework that takes `service` as a mapping."""
MOST = 50


def runtimes(sources: Sources) -> Found:
    problems, edits = [], []
    for number, line, match in lines_with(sources.text, RUNTIME):
        old = match[2]
        if old not in ENDS or ENDS[old] > PUBLISHED:
            continue
        new = next(now for family, now in CURRENT if old.startswith(family))
        more = " Its handler becomes an executable named bootstrap." if old == "go1.x" else ""
        problems.append(
            Problem(
                "runtime-ended",
                f"Lambda ended the runtime {old} in {ENDS[old]:%B %Y}: {_refused(old)}.",
                f"Take {new}, and try the code with it.{more}",
                sources.file,
                number,
            )
        )
        edits.append(Edit(sources.file, number, 1, (f"{line[: match.start(2)]}{new}{line[match.end(2) :]}",)))
    return Found(tuple(problems[:MOST]), tuple(edits))


def _refused(runtime: str) -> str:
    day = RUNTIMES[runtime].no_new
    return "it makes no new functions of it" + (f" from {in_words(day)} on" if day and not refused(day) else "")


def plugins(sources: Sources) -> Found:
    wanted = [name for name in _plugins(sources) if not name.startswith((".", "/"))]
    declared = {name for manifest in sources.manifests for name in manifest.wanted}
    missing = [name for name in wanted if package_of(name) not in declared]
    near = sources.manifests[0] if sources.manifests else None
    folder = sources.file.rpartition("/")[0]
    file = near.file if near else f"{folder}/package.json".lstrip("/")
    locked = sources.locked
    problems = [
        Problem("plugin-missing", f"The plugin {name} stands in no package.json, so it is not installed.",
                f"npm install --save-dev {package_of(name)}", sources.file, _line(sources, name))
        for name in missing
    ]  # fmt: skip
    problems += [
        Problem("plugin-not-locked", f"The plugin {name} stands in package.json but not in the lock file.",
                "Make the lock file anew (npm install) and commit it.", sources.file, _line(sources, name))
        for name in wanted
        if name not in missing and locked is not None and package_of(name) not in locked
    ]  # fmt: skip
    edits = with_dependencies(file, near.text if near else "", near.data if near else {}, map(package_of, missing))
    return Found(tuple(problems[:MOST]), tuple(edits) if missing else ())


def package_of(plugin: str) -> str:
    """`serverless-offline/lib` is a file of the package `serverless-offline`."""
    parts = plugin.split("/")
    return "/".join(parts[:2]) if plugin.startswith("@") else parts[0]


def environment(sources: Sources) -> Found:
    """`${env:NAME}` with nothing to fall back on, and no such variable in a build."""
    problems: dict[str, Problem] = {}
    for number, line, match in lines_with(sources.text, ENV):
        name, falls_back = match[1], bool(match[3])
        others = re.findall(r"env:(\w+)", match[2])
        first = BEFORE.search(line[: match.start()])
        there = sources.environment.intersection({name, *others, first[1] if first else name})
        if falls_back or there:
            continue
        problems.setdefault(
            name,
            Problem(
                "env-missing",
                f"${{env:{name}}} has no value in a build, and nothing to fall back on.",
                f"Set it as a variable (seed variable set), or give it a default: ${{env:{name}, ''}}",
                sources.file,
                number,
            ),
        )
    return Found(tuple(problems.values())[:MOST])


def properties(sources: Sources, line: Line) -> Found:
    """What osls 4 refuses: it checks the configuration, and earlier lines only warned of the same."""
    config = sources.config
    mode = config.get("configValidationMode") or ("error" if line.major >= NEW else "warn")
    service = _service_object(sources) if line.major > LAST_WITH_OBJECT else Found()
    if mode != "error" or not config:
        return service
    unknown = list(_unknown(config, lenient=bool(_plugins(sources))))
    problems = tuple(_told(sources, where, key, known) for where, key, known in unknown[:MOST])
    if not unknown:
        return service
    typos = [(key, near) for _where, key, known in unknown if (near := _near(key, known))]
    if len(typos) == len(unknown):
        edits: tuple[Edit, ...] = tuple(edit for key, near in typos for edit in _renamed(sources, key, near))
    elif line.own:
        edits = (on_top(sources, "configValidationMode: warn"),) if _is_yaml(sources) else ()
    else:
        edits = for_osls_3(sources)
    return Found((*service.problems, *problems), (*service.edits, *edits))


def provider(sources: Sources) -> Found:
    given = sources.config.get("provider")
    name = given.get("name") if isinstance(given, Mapping) else given
    if not isinstance(name, str) or "${" in name or name == "aws":
        return Found()
    return Found((Problem("provider", f"The provider is {name}; Seed deploys to AWS only.", "Leave this service out.",
                          sources.file, _line(sources, name)),))  # fmt: skip


def _unknown(config: Mapping[str, Any], *, lenient: bool) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(where, key, what is known there). A plugin may bring properties of its own, so with plugins only those are
    told that never were a plugin's.
    """
    for where, given, known in _places(config):
        for key in given:
            old = (where == "package" and key in {"include", "exclude"}) or (not where and key in LICENSED)
            if isinstance(key, str) and key not in known and (old or not lenient):
                yield where, key, known


def _places(config: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], frozenset[str]]]:
    yield "", config, TOP
    named = {"provider": PROVIDER, "package": PACKAGE}
    for name, known in named.items():
        if isinstance(config.get(name), Mapping):
            yield name, config[name], known
    functions = config.get("functions")
    for name, function in functions.items() if isinstance(functions, Mapping) else ():
        if isinstance(function, Mapping):
            yield f"functions.{name}", function, FUNCTION
            if isinstance(function.get("package"), Mapping):
                yield "package", function["package"], PACKAGE


def _told(sources: Sources, where: str, key: str, known: frozenset[str]) -> Problem:
    place = f"{where}.{key}" if where else key
    near = _near(key, known)
    fix = f"Write {near}." if near else "Have osls 3 package it (it only warns), or take the property out."
    if key in LICENSED and not where:
        fix = "It belongs to the licensed framework and its dashboard: take it out, or have osls 3 package it."
    if where == "package" and key in {"include", "exclude"}:
        fix = "package.patterns takes its place (an excluded pattern begins with !); osls 3 still reads it."
    at = next((number for number, _, _ in lines_with(sources.text, re.compile(KEY.format(key=re.escape(key))))), 0)
    return Problem("unsupported-property", f"osls 4 does not know the property {place} and refuses it.", fix,
                   sources.file, at)  # fmt: skip


def _near(key: str, known: frozenset[str]) -> str:
    return next(iter(get_close_matches(key, sorted(known), 1, 0.85)), "")


def _renamed(sources: Sources, key: str, near: str) -> Iterator[Edit]:
    for number, line, match in lines_with(sources.text, re.compile(KEY.format(key=re.escape(key)))):
        yield Edit(sources.file, number, 1, (match[0].replace(key, near) + line[match.end() :],))


def _service_object(sources: Sources) -> Found:
    """`service: {name: …}` of the old days."""
    given = sources.config.get("service")
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        return Found()
    head = next(((n, line) for n, line, _ in lines_with(sources.text, re.compile(r"^service:\s*$"))), None)
    problem = Problem("service-object", "service is a mapping; since version 3 it is the name alone.",
                      f"Write service: {given['name']}", sources.file, head[0] if head else 0)  # fmt: skip
    if head is None or len(given) != 1:
        return Found((problem,))
    return Found((problem,), (Edit(sources.file, head[0], 2, (f"service: {given['name']}",)),))


def _plugins(sources: Sources) -> list[str]:
    given = sources.config.get("plugins")
    given = given.get("modules") if isinstance(given, Mapping) else given
    if isinstance(given, list):
        return [name for name in given if isinstance(name, str) and "${" not in name]
    found = PLUGINS_IN_CODE.search(sources.text) if not sources.config else None
    return QUOTED.findall(found[1]) if found else []


def _line(sources: Sources, word: str) -> int:
    return next((number for number, _, _ in lines_with(sources.text, re.compile(re.escape(word)))), 0)


def _is_yaml(sources: Sources) -> bool:
    return sources.file.endswith((".yml", ".yaml"))
