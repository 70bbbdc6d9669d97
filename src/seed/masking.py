"""Keep secrets out of text, however they are written: the one mechanism of logs, reviews, code and messages.

A secret is looked for as it is, as hex and as base64 (also twice, and at any place of a longer text), and by one
pattern in which each sign may stand as URLs, JSON, HTML or a shell write it. A line that holds one loses its colours,
which may stand within it. Text comes line by line, as commands write it. A secret that is spread over lines (a
private key, base64 wrapped at 76 columns), or that a cut through an endless line has left half of, is masked by its
parts.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""What is shorter is found in any text, and hides nothing."""
PART = 12
"""A line of its own that is so long and part of a long secret is masked."""
MASK = "***"
EDGE = 2
CUT = " […]"
LONG_LINE = 4096
ESCAPING = re.compile(r"[%\\&+]")
"""Where none of these stands, nothing is escaped: most lines need no pattern."""
COLOURS = re.compile(r"\x1b(?:\[[0-9;?:]{0,64}[@-~]|[()][0-9A-Za-z])")
"""What a terminal swallows: `grep --color` writes it into the middle of a word."""
BASE64_ENDS = re.compile(r"[A-Za-z0-9+/_-]{0,2}={0,2}")
PERCENT = "%(?:25){0,3}"
SLASHES = rf"(?:\\|{PERCENT}5[cC])"
"""A backslash, which a URL around the JSON would escape."""
HIDDEN = re.compile(rf"{PERCENT}(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])|(?:\\|5[cC])u00[3-7][0-9a-fA-F]")
"""Where it does not stand, letters and digits are written as they are."""
RUN = re.compile("[0-9A-Za-z]{4,}")
MOST_PATTERNS = 8192
"""Kept ready; a pattern is made only when a line may hold it."""
ENTITIES = {"&": "amp", '"': "quot", "<": "lt", ">": "gt", "'": "apos"}
LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
Span = tuple[int, int]


class Masker:
    """Knows its secrets' forms. What is shorter than `shortest` is left, however it is written."""

    def __init__(self, secrets: Iterable[str] = (), *, mask: str = MASK, shortest: int = SHORTEST) -> None:
        self._mask = mask
        self._shortest = shortest
        self._forms, self._encoded, self._hex, self._escaped = Words(), Words(), Words(), Words()
        self._long: tuple[str, ...] = ()
        self._joined = ""
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        for secret in filter(None, (_bare(secret) for secret in secrets)):
            encoded = _encoded(secret)
            for form in forms(secret):
                if len(form) >= self._shortest:
                    self._forms.add(form, form)
            for form in encoded:
                self._encoded.add(form, form)
            digits = secret.encode().hex()
            self._hex.add(digits, digits)
            for form in (secret, *(one for one in encoded if not one.isalnum())):
                self._escaped.add(form, max(RUN.findall(form), key=len, default=""))
        self._long = tuple(sorted((form for form in self._forms.all if len(form) >= PART), key=lambda form: -len(form)))
        self._joined = "\0".join(self._long)

    def __call__(self, text: str) -> str:
        if not self._escaped.all or not text:
            return text
        if "\x1b" in text and self.holds(plain := COLOURS.sub("", text)):
            text = plain
        for start, end in reversed(_united(self._found(text))):
            text = text[:start] + self._mask + text[end:]
        return self._parts(text) if self._long and text else text

    def holds(self, text: str) -> bool:
        """Whether a secret is in it, whole."""
        return next(self._found(text), None) is not None

    def _found(self, text: str) -> Iterator[Span]:
        heads = {text[at : at + SHORTEST] for at in range(len(text) - SHORTEST + 1)}
        for form in self._forms.among(heads):
            if form in text:
                yield from _places(text, form)
        for form in self._encoded.among(heads):
            if form in text:
                yield from (_widened(text, *span) for span in _places(text, form))
        patterns = [_in_any_case(digits) for digits in self._hex.among({head.lower() for head in heads})]
        if ESCAPING.search(text):
            escaped = self._escaped.all if HIDDEN.search(text) else self._escaped.among(heads)
            patterns += map(_in_any_writing, escaped)
        for pattern in patterns:
            spans = (match.span() for match in pattern.finditer(text))
            yield from (span for span in spans if span[1] - span[0] >= self._shortest)

    def _parts(self, text: str) -> str:
        bare = text.strip()
        if len(bare) >= PART and bare in self._joined:
            return text.replace(bare, self._mask)
        if len(text) < LONG_LINE:
            return text
        body, cut = (text.removesuffix(CUT), CUT) if text.endswith(CUT) else (text, "")
        begun = max((_overlap(body, form) for form in self._long if body[-SHORTEST:] in form), default=0)
        body = body[: len(body) - begun] + self._mask if begun else body
        ended = max((_overlap(form, body) for form in self._long if body[:SHORTEST] in form), default=0)
        return (self._mask + body[ended:] if ended else body) + cut


class Words:
    """Words by the first letters of what must stand in a text that holds them. Of thousands, a line is searched for the
    few whose letters it has; what has no such letters is always among them.
    """

    def __init__(self) -> None:
        self.all: dict[str, None] = {}
        self._by_head: dict[str, list[str]] = {}

    def add(self, word: str, holds: str) -> None:
        if word not in self.all:
            self.all[word] = None
            self._by_head.setdefault(holds[:SHORTEST] if len(holds) >= SHORTEST else "", []).append(word)

    def among(self, heads: AbstractSet[str]) -> Iterator[str]:
        yield from self._by_head.get("", ())
        for head in heads & self._by_head.keys():
            yield from self._by_head[head]


def forms(secret: str) -> frozenset[str]:
    """The ways in which a secret is most often written; nothing for one too short to be told from other text."""
    secret = _bare(secret)
    if not secret:
        return frozenset()
    raw = secret.encode()
    found = {secret, secret.replace("\n", "\r\n"), raw.hex(), *_escaped(secret)}
    for shift in range(3):
        found |= _base64(raw, shift)
    lines = [line.strip() for line in secret.splitlines()]
    if len(lines) > 1:
        found |= {line for line in lines if len(line) >= PART and not line.startswith("-----")}
    return frozenset(form for form in found if len(form) >= SHORTEST)


def _bare(secret: str) -> str:
    secret = secret.strip("\r\n") or secret
    return secret if len(secret) >= SHORTEST else ""


def _escaped(secret: str) -> set[str]:
    return {
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }


def _encoded(secret: str) -> frozenset[str]:
    """What must be in a text that has it as base64: of itself, of how JSON and URLs write it, and of its base64."""
    once = {form for text in (secret, *_escaped(secret)) for form in _insides(text.encode())}
    twice = {form for inner in _insides(secret.encode()) for form in _insides(inner.encode())}
    return frozenset(once | twice)


def _insides(raw: bytes) -> set[str]:
    return {form for shift in range(3) for form in _alphabets(_inside(raw, shift)) if len(form) >= SHORTEST + EDGE}


def _base64(raw: bytes, shift: int) -> set[str]:
    """As it stands at any place in a longer text: the letters that also depend on its neighbours are left out."""
    text = base64.b64encode(b"\0" * shift + raw).decode()
    whole = {text, text.rstrip("=")} if not shift else set()
    inside = _inside(raw, shift)
    if len(inside) >= SHORTEST + EDGE:
        whole.add(inside)
    return {form for one in whole for form in _alphabets(one)}


def _inside(raw: bytes, shift: int) -> str:
    text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    first = 0 if not shift else shift + 1
    return text[first : len(text) - (1 if (shift + len(raw)) % 3 else 0)]


def _alphabets(form: str) -> set[str]:
    return {form, form.translate({43: "-", 47: "_"})}


def _pattern(secret: str) -> str:
    """Each alternative begins with a sign of its own: the search then skips over text that has none of them."""
    pieces = re.findall(r"\\+|\r?\n|[^\\]", secret)
    return "".join(f"(?:{'|'.join(dict.fromkeys(_ways(piece)))})" for piece in pieces)


def _ways(piece: str) -> Iterator[str]:
    if piece.startswith("\\"):  # a run of them at once: one by one they would be counted over and over
        number = len(piece)
        yield rf"\\{SLASHES}{{{number - 1},{8 * number - 1}}}"
        yield rf"{PERCENT}5[cC]{SLASHES}{{{number - 1},{8 * number - 1}}}"
        return
    if piece.endswith("\n"):
        yield from (r"\r?\n", "\n", rf"{PERCENT}0[dD]{PERCENT}0[aA]", rf"{PERCENT}0[aA]")
        yield from (rf"{first}{SLASHES}{{0,6}}(?:r{SLASHES}{{1,7}})?n" for first in (r"\\", rf"{PERCENT}5[cC]"))
        return
    plain = re.escape(piece)
    hidden = "".join(f"{PERCENT}{_digits(f'{byte:02x}')}" for byte in piece.encode())
    yield from (plain, hidden)
    yield from _unicode(piece)
    if piece == " ":
        yield from (r"\+", rf"{PERCENT}2[bB]")
    if not piece.isalnum():
        yield from (rf"{first}{SLASHES}{{0,6}}(?:{plain}|{hidden})" for first in (r"\\", rf"{PERCENT}5[cC]"))
        yield rf"&#(?:0*{ord(piece)}|[xX]0*{_digits(f'{ord(piece):x}')});"
    if piece in ENTITIES:
        yield f"&(?:amp;)?{ENTITIES[piece]};"
    if piece == "'":
        yield r"'\\''"
    if piece in LETTERS:
        yield rf"\\{SLASHES}{{0,6}}{LETTERS[piece]}"


def _unicode(sign: str) -> Iterator[str]:
    r"""`\u00e6`, as JSON has it: two of them beyond the first plane."""
    wide = sign.encode("utf-16-be", "surrogatepass")
    units = [wide[at : at + 2].hex() for at in range(0, len(wide), 2)]
    more = "".join(rf"\\{{1,7}}u{_digits(unit)}" for unit in units[1:])
    yield rf"\\{SLASHES}{{0,6}}u{_digits(units[0])}{more}"


@lru_cache(MOST_PATTERNS)
def _in_any_writing(form: str) -> re.Pattern[str]:
    return re.compile(_pattern(form))


@lru_cache(MOST_PATTERNS)
def _in_any_case(digits: str) -> re.Pattern[str]:
    return re.compile(digits, re.IGNORECASE)


def _digits(text: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in text)


def _places(text: str, form: str) -> Iterator[Span]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + len(form))


def _widened(text: str, start: int, end: int) -> Span:
    """With the letters of base64 at both ends, which tell a part of the first and of the last sign."""
    before = BASE64_ENDS.match(text[max(0, start - EDGE) : start][::-1])
    after = BASE64_ENDS.match(text, end)
    return start - (before.end() if before else 0), after.end() if after else end


def _united(spans: Iterable[Span]) -> list[Span]:
    """What overlaps is one: no shorter secret tears a longer one apart."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole


def _overlap(text: str, form: str) -> int:
    """How many letters the end of `text` shares with the beginning of `form`; a few are chance."""
    for length in range(min(len(text), len(form) - 1), SHORTEST - 1, -1):
        if text.endswith(form[:length]):
            return length
    return 0
