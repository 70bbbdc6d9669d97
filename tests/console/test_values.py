"""Before and after: what is the same is not marked, what is not is, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seed.console.values import diff, one


def text(parts: tuple[tuple[str, str], ...]) -> str:
    return "".join(part for _, part in parts)


def test_of_a_sentence_only_the_changed_words_are_marked() -> None:
    found = diff("Hello, dear user", "Hello, dear customer")
    assert found.before == (("", "Hello, dear "), ("-", "user"))
    assert found.after == (("", "Hello, dear "), ("+", "customer"))


def test_of_things_unlike_each_other_all_is_marked() -> None:
    assert diff("info", "debug").before == (("-", "info"),)
    assert diff(128, 256).after == (("+", "256"),)


def test_a_structure_is_compared_line_by_line() -> None:
    found = diff([{"Action": "s3:Get*", "Resource": "*"}], [{"Action": "s3:*", "Resource": "*"}])
    assert ("-", '    "Action": "s3:Get*",') in found.lines
    assert ("+", '    "Action": "s3:*",') in found.lines
    assert ("", '    "Resource": "*"') in found.lines


def test_a_text_of_json_is_unfolded() -> None:
    found = diff('{"a": 1, "b": "%s"}' % ("x" * 90), '{"a": 2, "b": "%s"}' % ("x" * 90))
    assert ("-", '  "a": 1,') in found.lines


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
    assert "more lines" in found.lines[-1][1]
