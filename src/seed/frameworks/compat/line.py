"""Which framework line packages a service, and where its `frameworkVersion` stands in the way."""

from __future__ import annotations

import re

from seed.frameworks.compat.edits import lines_with
from seed.frameworks.compat.model import Edit, Found, Line, Manifest, Problem, Sources
from seed.frameworks.serverless.wanted import fits, only_old

VERSION = re.compile(r"""^(\s*["']?frameworkVersion["']?\s*:\s*)(["'`]?)([^"'`\n,#]+?)\2(?=\s*(?:,|#|$))""")
OWN = ("osls", "serverless")
NEW = 4


def line_of(sources: Sources) -> Line:
    manifest, name, wanted = _own(sources)
    if manifest is not None:
        major = _lowest(wanted)[0]
        return Line(
            f"{name} {wanted}", f"{manifest.file} asks for it.", major or (NEW if name == "osls" else 3), own=True
        )
    asked = version_of(sources)
    if only_old(asked):
        return Line("osls 3 (bundled)", f"frameworkVersion {asked} keeps osls 4 out; osls 3 reads it.", 3, own=False)
    said = f"frameworkVersion {asked} allows it." if asked else "No frameworkVersion and no framework of its own."
    return Line("osls 4 (bundled)", said, NEW, own=False)


def version_of(sources: Sources) -> str:
    given = sources.config.get("frameworkVersion")
    if given is not None:
        return str(given)
    return next((match[3] for _, _, match in lines_with(sources.text, VERSION)), "")


def check_line(sources: Sources) -> Found:
    manifest, name, wanted = _own(sources)
    if manifest is None:
        return Found()
    if name == "serverless" and _lowest(wanted)[0] >= NEW:
        return _licensed(manifest, wanted)
    asked, own = version_of(sources), _lowest(wanted)
    if not own[0] or not asked or fits(".".join(map(str, own)), asked) or own[0] == _lowest(asked)[0]:
        return Found()
    at = next(((number, line, match) for number, line, match in lines_with(sources.text, VERSION)), None)
    problem = Problem(
        "framework-version",
        f"frameworkVersion {asked} refuses {name} {wanted}, which package.json installs.",
        f"Let it say {own[0]}.",
        sources.file,
        at[0] if at else 0,
    )
    if at is None:
        return Found((problem,))
    number, line, match = at
    new = f'{match[1]}"{own[0]}"{line[match.end() :]}'
    return Found((problem,), (Edit(sources.file, number, 1, (new,)),))


def for_osls_3(sources: Sources) -> tuple[Edit, ...]:
    """The one line that has the bundled osls 3 package it. It only warns of properties that it does not know."""
    for number, line, match in lines_with(sources.text, VERSION):
        return (Edit(sources.file, number, 1, (f'{match[1]}"3"{line[match.end() :]}',)),)
    if sources.file.endswith((".yml", ".yaml")):
        return (on_top(sources, 'frameworkVersion: "3"'),)
    return ()


def on_top(sources: Sources, line: str) -> Edit:
    """Before everything else, but within the document."""
    return Edit(sources.file, 2 if sources.text.startswith("---") else 0, 0, (line,))


def _licensed(manifest: Manifest, wanted: str) -> Found:
    entry = re.compile(r'("serverless")(\s*:\s*)("[^"]*")')
    at = next(lines_with(manifest.text, entry), None)
    problem = Problem(
        "licensed",
        f"serverless {wanted} downloads a licensed program when it runs; Seed does not use it.",
        "Put osls 4 in its place, the open line of the same framework: npm install --save-dev osls@4",
        manifest.file,
        at[0] if at else 0,
    )
    if at is None:
        return Found((problem,))
    number, line, match = at
    return Found((problem,), (Edit(manifest.file, number, 1, (line.replace(match[0], f'"osls"{match[2]}"^4"'),)),))


def _own(sources: Sources) -> tuple[Manifest | None, str, str]:
    for manifest in sources.manifests:
        for name in OWN:
            if name in manifest.wanted:
                return manifest, name, manifest.wanted[name]
    return None, "", ""


def _lowest(wanted: str) -> tuple[int, int, int]:
    numbers = [int(number) for number in re.findall(r"\d+", wanted)[:3]]
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch
