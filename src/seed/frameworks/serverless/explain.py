"""The framework's own message, found in its output, in front of everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from seed.errors import SeedError
from seed.frameworks.errors import (
    ConfigNotReadable,
    InstallFailed,
    PackageFailed,
    PackageRefused,
    VariableMissing,
)

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TITLE = re.compile(r"^\s*(?:[×✖]\s*)?(?:Serverless )?Error:?[\s-]*$")
"""The framework's own heading; the message stands below it."""
HEAD = re.compile(r"^\s*(?:[×✖]\s*)?(?:Uncaught )?(?:\w*Error|\w*Exception)\b:?\s+(.*)$")
STOP = re.compile(
    r"^\s*(?:at\s.+:\d+|Get Support|Your Environment|Docs:|Support:|Bugs:|Environment:|Stack Trace|-{4,}"
    r"|\d+ deprecation|Learn more about)"
)
LEAD = re.compile(r"^Cannot resolve [^:]+: Variables resolution errored with:\s*-?\s*")
VARIABLE = re.compile(
    r"cannot resolve|value not found|missing required (?:variable|parameter)|ssm parameter", re.IGNORECASE
)
REFUSED = re.compile(
    r"credentials not found|security token|expired ?token|access ?denied|not authorized|unable to assume"
    r"|could not load credentials|InvalidClientTokenId|UnrecognizedClient",
    re.IGNORECASE,
)
CONFIG = re.compile(
    r"^(?:cannot (?:parse|load)|configuration error|invalid configuration|missing \"?service)", re.IGNORECASE
)
PLACE = re.compile(r'\s*(?:in )?"?(?P<file>[^\s"]*/[^\s"/]+\.(?:ya?ml|json|[jt]s))"? ?\((?P<line>\d+):\d+\)')
NPM = re.compile(r"^npm (?:ERR!|error)\s?(.*)$")
NPM_NOISE = re.compile(r"^(?:code |errno |syscall |path |A complete log|\s*$|command |\s*/.*\.log)")
PIP_YARN = re.compile(r"^(?:ERROR:|error\b|\[31m)?\s*(?:ERR_PNPM_\w+|ERROR:|error)\s+(.*)$")
BERRY = re.compile(r"^➤ (?P<code>YN(?!0000)\d{4}): (?:│ ?)?(?P<said>.*)$")
"""Yarn 2 and newer: every line has a code, and 0000 is talk."""
CHANGED = re.compile(r"^[+-]")
"""What yarn shows of the lock file that it would write."""
USAGE = "Usage:"
"""Where npm begins to tell its options; the line before it says what the command is for."""
PYTEST = re.compile(r"^(?:FAILED|ERROR) (\S+\.py\b.*)$")
"""Of its short summary, which stands above a last line of numbers in a frame."""
MOST_LINES = 8
LONGEST = 400


def explain_failure(lines: Sequence[str], *, where: str) -> SeedError:
    """The framework's words as the sentence, and the type that tells what to do about it."""
    said = LEAD.sub("", message(lines))
    if VARIABLE.search(said):
        hint = "Define it for this stage, or give it a default in the configuration."
        return VariableMissing(_sentence(said), hint=hint, where=where)
    if REFUSED.search(said):
        return PackageRefused(_sentence(said), hint="Check the stage's account, then build again.", where=where)
    if CONFIG.search(said):
        place = PLACE.search(said)
        if place:
            name = place["file"].rpartition("/")[2]
            said, where = said.replace(place[0], ""), f"{where}: {name}:{place['line']}"
        return ConfigNotReadable(_sentence(said), hint="Mend the file and push again.", where=where)
    return PackageFailed(_sentence(said), hint="Nothing was deployed.", where=where)


def explain_install(name: str, lines: Sequence[str], *, where: str) -> InstallFailed:
    """`name` is the step's: `npm ci`. The package manager's own message, without its noise."""
    clean = [ANSI.sub("", line).rstrip() for line in lines]
    npm = [found[1].strip() for line in clean if (found := NPM.match(line))]
    said = [text for text in npm if not NPM_NOISE.match(text)]
    said = said[: said.index(USAGE) - 1] if USAGE in said[1:] else said
    said = said or [found[1] for line in clean if (found := PIP_YARN.match(line))] or _berry(clean)
    said = said or [line.strip() for line in clean if line.strip()][-1:]
    told = " ".join(said[:MOST_LINES]) or "it ended without a word"
    return InstallFailed(_sentence(f"{name} failed: {told}"), hint="Nothing was deployed.", where=where)


def _berry(lines: Sequence[str]) -> list[str]:
    """What it said last under one code: it tells of warnings in the same way, but fails once."""
    found = [match for line in lines if (match := BERRY.match(line)) and not CHANGED.match(match["said"])]
    return [one["said"].strip() for one in found if one["code"] == found[-1]["code"]]


def explained(lines: Sequence[str]) -> str:
    """The framework's words as a sentence."""
    return _sentence(LEAD.sub("", message(lines)))


def last_words(lines: Iterable[str]) -> str:
    """What any other command said of its own failure, npm's frame around it left out; "" where it said nothing."""
    clean = [line for line in (ANSI.sub("", raw).strip() for raw in lines) if line]
    own = [line for line in clean if not NPM.match(line) and not line.startswith("> ")]
    failed = [found[1] for line in own if (found := PYTEST.match(line))]
    said = ", ".join(failed[:MOST_LINES]) or (message(own or clean).strip("= ") if clean else "")
    cut = f"{said[:LONGEST]} […]" if len(said) > LONGEST else said
    return _sentence(cut) if cut else ""


def message(lines: Sequence[str]) -> str:
    clean = [ANSI.sub("", line).rstrip() for line in lines]
    for index, line in enumerate(clean):
        if TITLE.match(line):
            return _block(clean[index + 1 :])
    for index, line in enumerate(clean):
        head = HEAD.match(line)
        if head:
            return _block([head[1], *clean[index + 1 :]])
    rest = [line for line in clean if line.strip()]
    return rest[-1].strip() if rest else "The framework ended without a word."


def _block(lines: Sequence[str]) -> str:
    """From the message to the first blank line after it, or the stack trace."""
    told: list[str] = []
    for line in lines:
        if (told and STOP.match(line)) or (told and not line.strip()):
            break
        if line.strip() and not STOP.match(line):
            told.append(line.strip())
        if len(told) == MOST_LINES:
            break
    return " ".join(told) or "The framework failed without a message."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ">")) else f"{text}."
