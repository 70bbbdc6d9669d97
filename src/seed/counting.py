"""How many of something, in words. It knows nothing, so that everything may use it."""

from __future__ import annotations


def counted(number: int, one: str) -> str:
    """`1 function`, `3 functions`, `2 policies`."""
    if number == 1:
        return f"1 {one}"
    vowels = ("ay", "ey", "oy", "uy")
    if one.endswith("y") and not one.endswith(vowels):
        return f"{number:,} {one[:-1]}ies"
    return f"{number:,} {one}{'es' if one.endswith(('s', 'x', 'ch')) else 's'}"
