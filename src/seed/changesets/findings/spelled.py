"""Which of the known names was meant."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST, MOST = 100, 500
CLOSE = 0.85


def nearest(name: str, known: Iterable[str]) -> str:
    """'' where none is near."""
    from difflib import get_close_matches

    names = list(known)
    if len(name) > LONGEST or len(names) > MOST:
        return ""
    alike = [one for one in names if _plain(one) == _plain(name)]
    return (alike or get_close_matches(name, names, 1, 0.7) or [""])[0]


def slip(name: str, known: Iterable[str]) -> str:
    """The name that was surely meant: another case, or one letter that is wrong, doubled, left out or in another place.

    A plural or a number at the end makes a new name, which may be newer than what is known here.
    """
    from difflib import get_close_matches

    near = nearest(name, known)
    if not near or _plain(near) == _plain(name):
        return near
    longer, shorter = sorted((name, near), key=len, reverse=True)
    another = longer.startswith(shorter) or any(a.isdigit() for a in set(name) ^ set(near))
    close = len(longer) - len(shorter) <= 1 and bool(get_close_matches(name, [near], 1, CLOSE))
    return near if close and not another else ""


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(" ", "").lower()
