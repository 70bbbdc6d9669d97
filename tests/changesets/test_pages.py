"""The pages say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scripts.rules import review_page
from tests.changesets.templates import OTHER_KEY, TABLE, stack

from seed.changesets import Severity, compare, to_json

ROOT = Path(__file__).parents[2]


def test_the_review_page_is_written_from_the_rules() -> None:
    assert (ROOT / "docs/review.md").read_text() == review_page.page()


def test_the_documented_json_has_the_fields_of_a_real_one() -> None:
    text = (ROOT / "docs/changesets.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    documented = json.loads(example)
    real = to_json(compare(stack(T=("AWS::DynamoDB::Table", TABLE)), stack(T=("AWS::DynamoDB::Table", OTHER_KEY))))
    assert documented.keys() == real.keys()
    assert documented["version"] == real["version"]
    (row,) = real["resources"]
    assert documented["resources"][0].keys() == row.keys()
    assert documented["resources"][0]["properties"][0].keys() == row["properties"][0].keys()
    assert documented["findings"][0].keys() == real["findings"][0].keys()
    assert {level.name.lower() for level in Severity} == {"danger", "warning", "notice", "routine"}
