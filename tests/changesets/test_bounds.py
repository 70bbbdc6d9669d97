"""Whatever stands in a template or a parameter file, a comparison ends in seconds and within its memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.changesets.bounded import CASES
from tests.changesets.templates import stack

from seed.changesets import as_markdown, as_text, compare, merge, to_json
from seed.changesets.cap import MOST

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_ends_by_itself(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.changesets.bounded", name],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr[-2000:] or f"killed: {-ended.returncode}"


def test_of_thousands_of_changes_those_that_count_are_listed_and_the_others_counted() -> None:
    sides = [
        stack(Q=("AWS::SQS::Queue", {"Odd": [f"{sign}{n}" for n in range(3 * MOST)], "QueueName": sign, "Z": sign}))
        for sign in "ab"
    ]

    changes = compare(*sides)
    (row,) = changes.resources

    assert (len(row.properties), row.more) == (MOST, 2 * MOST + 2)
    assert "/Properties/QueueName" in {one.path for one in row.properties}
    assert f"and {row.more:,} more" in as_text(changes)
    assert f"and {row.more:,} more" in as_markdown(changes)
    assert to_json(changes)["resources"][0]["more"] == row.more
    assert merge(changes, [], [], prefer="aws").resources[0].more == row.more
