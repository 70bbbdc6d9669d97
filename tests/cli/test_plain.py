"""What is read of `seed diff` without the parser is what the parser reads; the rest is left to it."""

from __future__ import annotations

from typing import get_args

import pytest
from cyclopts import App, CycloptsError, Parameter
from hypothesis import given
from hypothesis import strategies as st

from seed.cli.diff import diff
from seed.cli.plain import plain_question
from seed.cli.question import Format, Question

WORDS = st.sampled_from(
    (
        "old.json", "new.yml", "-", "", "two words", "--before-parameters", "--after-parameters", "--deployed",
        "--before-tags", "--after-tags", "--region", "--include", "here=there", "--property-values", "--no-property-values", "--format", "--help", "-x",
        "--", "--format=aws", "--deployed=file", *get_args(Format),
    )
)  # fmt: skip
APP = App(default_parameter=Parameter(negative=""), help_flags=[], version_flags=[])
APP.default(diff)


def parsed(words: list[str]) -> Question | None:
    """What the parser makes of them; None: a usage that is wrong."""
    try:
        _, bound, _ = APP.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError:
        return None
    arguments = dict(bound.arguments)
    return Question(**{**arguments, "include": tuple(arguments.get("include") or ())})


@given(st.lists(WORDS, max_size=8))
def test_what_is_read_here_is_what_the_parser_reads(words: list[str]) -> None:
    asked = plain_question(words)

    assert asked is None or asked == parsed(words)


@pytest.mark.parametrize(
    "words",
    [
        ["old.json", "new.json"],
        ["-", "new.json", "--format", "aws", "--no-property-values"],
        ["--include", "a=b", "old.json", "--include", "c=d", "new.json", "--deployed", "known.json"],
        ["old", "new", "--region", "eu-west-1", "--format", "json"],
        ["old", "new", "--before-parameters", "was.json", "--after-parameters", "comes.json", "--property-values"],
    ],
)
def test_what_pipelines_write_is_plain(words: list[str]) -> None:
    assert plain_question(words) == parsed(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        [], ["--help"], ["old"], ["old", "new", "third"], ["old", "new", "--format", "xml"], ["old", "new", "--format"],
        ["old", "new", "--deployed", "--format", "aws"], ["old", "new", "--unknown", "x"],
    ],
)  # fmt: skip
def test_a_mistake_is_left_to_the_parser(words: list[str]) -> None:
    assert plain_question(words) is None
