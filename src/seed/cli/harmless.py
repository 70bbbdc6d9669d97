"""Text of others on a terminal: names, commit messages and logs may not drive it.

Escape sequences can hide or rewrite what was printed before, a review among it. Colours stay; every other
control character, and what turns the direction of reading, goes.
"""

from __future__ import annotations

import re

COLOUR = re.compile(r"\x1b\[(?:0|1|22|39|3[0-7]|9[0-7])?(?:;(?:0|1|22|39|3[0-7]|9[0-7]))*m")
ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC and its like, to their end
    r"|\x1b.?"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str, *, colours: bool = False) -> str:
    """`text` with nothing in it that a terminal obeys but line ends, tabs and, if asked for, colours."""
    if text.isprintable():
        return text
    parts, at = [], 0
    for found in ESCAPE.finditer(text):
        parts.append(CONTROL.sub("", text[at : found.start()]))
        if colours and COLOUR.fullmatch(found[0]):
            parts.append(found[0])
        at = found.end()
    parts.append(CONTROL.sub("", text[at:]))
    return "".join(parts)
