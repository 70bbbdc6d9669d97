"""Variables as a .env file: read one, write one. Secrets are named in it, and have no value."""

from __future__ import annotations

import io
from collections.abc import Iterable

from dotenv.parser import Original, parse_stream

from seed.errors import Invalid
from seed.variables.effective import Given
from seed.variables.records import PLAIN

MOST = 500
ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def read_env(text: str) -> dict[str, str]:
    """Nothing in it is expanded: a value is what stands there."""
    found: dict[str, str] = {}
    for line in parse_stream(io.StringIO(text)):
        if line.error:  # what stands there may be a secret: it is not said
            raise Invalid(f"Line {_number(line.original)} cannot be read.", hint="Each line is NAME=value.")
        if line.key is not None and line.value is None:
            raise Invalid(f"{line.key[:80]!r} has no value.", hint="Each line is NAME=value.", where=line.key[:80])
        if line.key is not None:
            found[line.key] = line.value or ""
    if len(found) > MOST:
        raise Invalid(f"There are more than {MOST} variables in it.")
    return found


def _number(original: Original) -> int:
    """Empty lines before it are part of what is read."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")


def write_env(given: Iterable[Given]) -> str:
    lines = []
    for one in given:
        if one.kind == PLAIN:
            lines.append(f"{one.name}={_quoted(one.value)}")
        elif one.kind == "secret":
            lines.append(f"# {one.name} is secret")
        else:
            lines.append(f"# {one.name} comes from {one.kind}: {one.value}")
    return "\n".join(lines) + ("\n" if lines else "")


def _quoted(value: str) -> str:
    """In single quotes nothing but a quote and a backslash is special; only in double ones a line's end has a name."""
    if value and all(letter.isalnum() or letter in "_-./:@,+" for letter in value):
        return value
    if "\n" in value or "\r" in value:
        return '"' + value.translate(ESCAPED) + '"'
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
