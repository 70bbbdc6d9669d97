"""Terminal colours become classes; nothing else of a terminal gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.console.ansi import segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("", "plain")]),
        ("", []),
        ("\x1b[31mred\x1b[0m not", [("f1", "red"), ("", " not")]),
        ("\x1b[1;32mgo\x1b[22mod\x1b[39m!", [("b f2", "go"), ("f2", "od"), ("", "!")]),
        ("\x1b[91mbright\x1b[m", [("f1", "bright")]),
        ("\x1b[38;5;1mnamed\x1b[38;5;200mnot named", [("f1", "named"), ("f1", "not named")]),
        ("\x1b[38;2;1;2;3mfull\x1b[48;5;4m background", [("", "full"), ("", " background")]),
        ("\x1b[2K\x1b[1Gmoved\x1b[3A", [("", "moved")]),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", [("", "link")]),
        ("\x1b]0;title\x07shown", [("", "shown")]),
        ("10%\r50%\r100%\r", [("", "100%")]),
        ("a\x00b\x08c\td", [("", "abc\td")]),
        ("safe\u202egnp.exe", [("", "safe\u00b7gnp.exe")]),
        ("<b>&amp;", [("", "<b>&amp;")]),
        ("\x1b[", [("", "[")]),
        ("\x1b[999999m\x1b[;;m\x1b[38mx", [("", "x")]),
    ],
)
def test_what_a_terminal_says(text: str, expected: list[tuple[str, str]]) -> None:
    assert segments(text) == expected


@given(st.text(alphabet=st.sampled_from("\x1b[]0123456789;:mKHhPX^_\\\x07\r\x9b ab<")))
def test_no_control_character_ever_gets_through(text: str) -> None:
    for style, part in segments(text):
        assert all(sign == "\t" or sign >= " " for sign in part)
        assert all(name in {"b", "d", "i", "u", *(f"f{n}" for n in range(8))} for name in style.split())
