"""Before and after: what is the same is not marked, what is not is, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seed.console.values import Diff, diff, one


def text(parts: tuple[tuple[str, str], ...]) -> str:
    return "".join(part for _, part in parts)


def test_of_a_sentence_only_the_changed_words_are_marked() -> None:
    found = diff("Hello, dear user", "Hello, dear customer")
    assert found.before == (("", "Hello, dear "), ("-", "user"))
    assert found.after == (("", "Hello, dear "), ("+", "customer"))


def test_of_things_unlike_each_other_all_is_marked() -> None:
    assert diff("info", "debug").before == (("-", "info"),)
    assert diff(128, 256).after == (("+", "256"),)


def plain(found: Diff) -> list[tuple[str, str]]:
    """The lines without the marks on their words."""
    return [(mark, line if isinstance(line, str) else text(line)) for mark, line in found.lines]


def test_a_structure_is_compared_line_by_line() -> None:
    found = diff([{"Action": "s3:Get*", "Resource": "*"}], [{"Action": "s3:*", "Resource": "*"}])
    assert ("-", '    "Action": "s3:Get*",') in plain(found)
    assert ("+", '    "Action": "s3:*",') in plain(found)
    assert ("", '    "Resource": "*"') in found.lines


def test_a_text_of_json_is_unfolded() -> None:
    found = diff('{"a": 1, "b": "%s"}' % ("x" * 90), '{"a": 2, "b": "%s"}' % ("x" * 90))
    assert ("-", '  "a": 1,') in plain(found)


def test_words_that_differ_are_marked_wherever_they_stand() -> None:
    found = diff("rate(5 minutes) at night", "rate(10 minutes) at noon")
    assert found.before == (("", "rate("), ("-", "5"), ("", " minutes) at "), ("-", "night"))
    assert found.after == (("", "rate("), ("+", "10"), ("", " minutes) at "), ("+", "noon"))


def test_lines_that_became_others_show_which_words_differ() -> None:
    long = "x" * 90
    found = diff(f"first {long}\nsize 5 of {long}\nlast", f"first {long}\nsize 7 of {long}\nlast")
    assert ("-", (("", "size "), ("-", "5"), ("", f" of {long}"))) in found.lines
    assert ("+", (("", "size "), ("+", "7"), ("", f" of {long}"))) in found.lines


def test_texts_that_have_nothing_in_common_are_not_cut_into_words() -> None:
    assert diff("alpha beta", "12:30 ☂").before == (("-", "alpha beta"),)


def test_what_is_only_there_on_one_side_is_marked_whole() -> None:
    assert one("new", "+").after == (("+", "new"),)
    assert one({"a": [{"b": "x" * 100}]}, "-").lines[0] == ("-", "{")


@given(st.text(max_size=60).filter(str.isprintable), st.text(max_size=60).filter(str.isprintable))
def test_nothing_of_a_value_is_lost(before: str, after: str) -> None:
    found = diff(f"a{before}", f"a{after}")
    if not found.lines:
        assert (text(found.before), text(found.after)) == (f"a{before}", f"a{after}")


def test_a_huge_value_is_cut_and_says_so() -> None:
    found = diff(list(range(5000)), [{"a": n} for n in range(5000)])
    assert len(found.lines) < 1000
    assert "more lines" in plain(found)[-1][1]
