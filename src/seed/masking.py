"""Keep secrets out of text: as they are, and as base64, URL or JSON would write them.

Text comes line by line, as commands write it. A secret that is spread over lines (a private key, base64 wrapped at
76 columns), or that a cut through an endless line has left half of, is masked by its parts.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""What is shorter is found in any text, and hides nothing."""
PART = 12
"""A line of its own that is so long and part of a long secret is masked."""
MASK = "***"
EDGE = 2
CUT = " […]"
LONG_LINE = 4096


class Masker:
    """Knows its secrets' forms, longest first, so that no shorter one tears a longer one apart."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: tuple[str, ...] = ()
        self._long: tuple[str, ...] = ()
        self._joined = ""
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        found = set(self._forms).union(*(forms(secret) for secret in secrets))
        self._forms = tuple(sorted(found, key=lambda form: (-len(form), form)))
        self._long = tuple(form for form in self._forms if len(form) >= PART)
        self._joined = "\0".join(self._long)

    def __call__(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return self._parts(text) if self._long and text else text

    def _parts(self, text: str) -> str:
        bare = text.strip()
        if len(bare) >= PART and bare in self._joined:
            return text.replace(bare, MASK)
        if len(text) < LONG_LINE:
            return text
        body, cut = (text.removesuffix(CUT), CUT) if text.endswith(CUT) else (text, "")
        begun = max((_overlap(body, form) for form in self._long), default=0)
        body = body[: len(body) - begun] + MASK if begun else body
        ended = max((_overlap(form, body) for form in self._long), default=0)
        return (MASK + body[ended:] if ended else body) + cut


def forms(secret: str) -> frozenset[str]:
    """Every way in which a secret is likely to be written; nothing for one too short to be told from other text."""
    secret = secret.strip("\r\n") or secret
    if len(secret) < SHORTEST:
        return frozenset()
    raw = secret.encode()
    found = {
        secret,
        secret.replace("\n", "\r\n"),
        quote(secret, safe=""),
        quote(secret, safe="/"),
        quote_plus(secret),
        _lower_escapes(quote(secret, safe="")),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        raw.hex(),
    }
    for shift in range(3):
        found |= _base64(raw, shift)
    lines = [line.strip() for line in secret.splitlines()]
    if len(lines) > 1:
        found |= {line for line in lines if len(line) >= PART and not line.startswith("-----")}
    return frozenset(form for form in found if len(form) >= SHORTEST)


def _base64(raw: bytes, shift: int) -> set[str]:
    """As it stands at any place in a longer text: the letters that also depend on its neighbours are left out."""
    text = base64.b64encode(b"\0" * shift + raw).decode()
    whole = {text, text.rstrip("=")} if not shift else set()
    first = 0 if not shift else shift + 1
    last = len(text.rstrip("=")) - (1 if (shift + len(raw)) % 3 else 0)
    inside = text[first:last]
    if len(inside) >= SHORTEST + EDGE:
        whole.add(inside)
    return {form.translate(table) for form in whole for table in ({}, {43: "-", 47: "_"})}


def _lower_escapes(text: str) -> str:
    pieces = text.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


def _overlap(text: str, form: str) -> int:
    """How many letters the end of `text` shares with the beginning of `form`; a few are chance."""
    for length in range(min(len(text), len(form) - 1), SHORTEST - 1, -1):
        if text.endswith(form[:length]):
            return length
    return 0
