"""A limit of time is told as people set it."""

from __future__ import annotations

import pytest

from seed.work.source.checkout import spoken


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2, "2 seconds"), (90, "90 seconds"), (60, "a minute"), (120, "2 minutes"), (600, "10 minutes")],
)
def test_a_limit_in_words(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
