"""What must hold of every answer in the shape of CloudFormation, however resources refer to each other."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.changesets.referring import Change, changes

from seed.changesets import answers, as_aws, compare

Told = dict[str, dict[str, Any]]
REFERENCES = {"ResourceReference", "ResourceAttribute"}
REVERSED = {"Add": "Remove", "Remove": "Add", "Modify": "Modify"}


def told(one: Change, *, values: bool) -> Told:
    change_set = compare(one.old, one.new, before=one.before, after=one.after, every_stack=True)
    known = answers(one.old, one.before), answers(one.new, one.after)
    answer = as_aws(change_set, property_values=values, before=known[0], after=known[1])
    rows = [change["ResourceChange"] for change in answer["Changes"]]
    return {row["LogicalResourceId"]: row for row in rows}


def modified(rows: Told) -> Told:
    return {name: row for name, row in rows.items() if row["Action"] == "Modify"}


@given(one=changes(), values=st.booleans())
@settings(max_examples=60, deadline=None)
def test_replacement_and_scope_are_what_the_details_say(*, one: Change, values: bool) -> None:
    """API reference of ResourceChange: the most impact wins, and what is Always but Dynamic is Conditional."""
    for row in modified(told(one, values=values)).values():
        said = [(detail["Target"]["RequiresRecreation"], detail["Evaluation"]) for detail in row["Details"]]
        certain, possible = ("Always", "Static") in said, any(recreation != "Never" for recreation, _ in said)
        assert row["Replacement"] == ("True" if certain else "Conditional" if possible else "False")
        assert row["Scope"] == sorted({detail["Target"]["Attribute"] for detail in row["Details"]})
        assert ("PolicyAction" in row) == (row["Replacement"] != "False")
        assert row["Details"]


@given(changes())
@settings(max_examples=60, deadline=None)
def test_the_view_with_values_only_leaves_out_what_might_be(one: Change) -> None:
    plain, valued = (told(one, values=values) for values in (False, True))
    assert valued.keys() <= plain.keys()
    for name, row in plain.items():
        if name not in valued or row.get("Replacement") != valued[name].get("Replacement"):
            recreating = [one for one in row["Details"] if one["Target"]["RequiresRecreation"] != "Never"]
            left = row["Details"] if name not in valued else recreating
            assert row["Action"] == "Modify"
            assert row["Replacement"] != "True"
            assert {detail["Evaluation"] for detail in left} <= {"Dynamic"}


@given(one=changes(), values=st.booleans())
@settings(max_examples=60, deadline=None)
def test_who_is_named_as_the_cause_changes_itself(*, one: Change, values: bool) -> None:
    rows = told(one, values=values)
    for row in rows.values():
        for detail in row["Details"]:
            if detail["ChangeSource"] in REFERENCES:
                source = rows[detail["CausingEntity"].partition(".")[0]]
                assert source["Action"] == "Modify"
                assert source["Replacement"] != "False" or detail["ChangeSource"] == "ResourceAttribute"
                assert (detail["Evaluation"] == "Static") == (source["Replacement"] == "True")
            elif detail["ChangeSource"] == "ParameterReference":
                name = detail["CausingEntity"]
                default = one.old["Parameters"][name]["Default"]
                assert one.before.get(name, default) != one.after.get(name, default)


@given(one=changes(), values=st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_is_added_beside_changes_no_answer(*, one: Change, values: bool) -> None:
    more = deepcopy(one.new)
    more["Resources"]["Beside"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "P2"}}}

    rows = told(one._replace(new=more), values=values)

    assert rows.pop("Beside")["Action"] == "Add"
    assert rows == told(one, values=values)


@given(changes())
@settings(max_examples=60, deadline=None)
def test_the_way_back_touches_the_same(one: Change) -> None:
    there, back = told(one, values=False), told(one.back, values=False)

    assert {name: row["Action"] for name, row in there.items()} == {
        name: REVERSED[row["Action"]] for name, row in back.items()
    }
    kept = modified(there)
    assert {name: row["Replacement"] for name, row in kept.items()} == {
        name: back[name]["Replacement"] for name in kept
    }


@given(changes())
@settings(max_examples=60, deadline=None)
def test_what_is_done_to_the_resource_as_it_was_makes_it_as_it_will_be(one: Change) -> None:
    for row in modified(told(one, values=True)).values():
        made = json.loads(row["BeforeContext"])
        targets = {
            detail["Target"]["Path"]: detail["Target"] for detail in row["Details"] if "Path" in detail["Target"]
        }
        gone = [path for path, target in targets.items() if target["AttributeChangeType"] == "Remove"]
        for path in reversed(gone):  # the last of a list first
            place, key = found(made, path)
            place.pop(key)
        for path in (path for path in targets if path not in gone):
            set_at(*found(made, path), read(targets[path]["AfterValue"]))
        assert made == json.loads(row["AfterContext"])


def found(made: Any, path: str) -> tuple[Any, Any]:
    """The object or list that something stands in, and where in it."""
    *above, last = path.split("/")[1:]
    for part in above:
        made = made[int(part) if isinstance(made, list) else part]
    return made, int(last) if isinstance(made, list) else last


def set_at(place: Any, key: Any, value: Any) -> None:
    if isinstance(place, list) and key == len(place):
        place.append(value)
    else:
        place[key] = value


def read(text: str) -> Any:
    return json.loads(text) if text[:1] in ("{", "[") and "{{" not in text[:2] else text
