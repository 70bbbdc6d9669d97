"""Text of others cannot drive the terminal it is printed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.cli.harmless import COLOUR, harmless

RED, END = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J",  # clears the screen
        "\x1b[1A\x1b[2K",  # goes up and erases a line
        "\x1b[8m",  # conceals what follows
        "\x1b]0;title\x07",  # renames the window
        "\x1b]52;c;ZXZpbA==\x1b\\",  # fills the clipboard
        "\x1bP1$r\x1b\\",
        "\x9b2J",
        "\r",
        "\x08",
        "\u202e",  # turns the direction of reading
    ],
)
def test_what_a_terminal_obeys_is_gone(hostile: str) -> None:
    assert "\x1b" not in harmless(f"a{hostile}b", colours=True)
    assert not {"\r", "\x08", "\x9b", "\u202e"} & set(harmless(f"a{hostile}b", colours=True))
    assert harmless(f"a{hostile}b", colours=True).startswith("a")


def test_colours_stay_where_they_are_wanted() -> None:
    assert harmless(f"{RED}no{END}\tway\n", colours=True) == f"{RED}no{END}\tway\n"
    assert harmless(f"{RED}no{END}\tway\n") == "no\tway\n"


def test_words_of_every_language_stay() -> None:
    assert harmless("Größe 東京 🚀 é") == "Größe 東京 🚀 é"


@given(st.text(alphabet=st.sampled_from("ab\x1b[]m0;P\\\x07\r\x9b\n31")))
def test_nothing_but_colours_begins_with_escape(text: str) -> None:
    left = COLOUR.sub("", harmless(text, colours=True))

    assert not {"\x1b", "\x07", "\r", "\x9b"} & set(left)
