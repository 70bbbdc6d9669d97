"""What happens inside of nested stacks is in the review of their parent."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.work.account import KEYS, OTHER, TOPIC, deploy, stack, table

from seed.aws.connect import connect
from seed.aws.fake import FakeCloud
from seed.aws.follow import follow
from seed.aws.local import LocalAws
from seed.aws.values import AccountSettings, ChangeSetRequest, Held, Validation
from seed.changesets import ChangeSet, Severity, as_markdown, as_text, from_json, headline, to_json
from seed.console.review import service_view
from seed.packages import Package
from seed.packages.package import PackagedAsset
from seed.packages.store import DiskStore
from seed.work.stacks.plan_stack import plan_stack

PARENT = "app-prod"
NONE: Mapping[str, str] = {}


def parent(key: str, **parameters: Any) -> str:
    address = {"Fn::Sub": "https://s3.${AWS::Region}.amazonaws.com/bucket/" + key}
    properties = {"TemplateURL": address, **({"Parameters": parameters} if parameters else {})}
    return stack(Topic=TOPIC, Storage=("AWS::CloudFormation::Stack", properties))


def stored(folder: Path, template: str) -> PackagedAsset:
    content = template.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    place = folder / "files" / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return PackagedAsset(f"assets/{sha256[:2]}/{sha256}.json", sha256, len(content), ("Storage",))


def planned(
    folder: Path,
    old: str,
    new: str,
    *,
    local: bool = True,
    refuses: str = "",
    tags: Mapping[str, str] = NONE,
    warned: Sequence[Validation] = (),
    **parameters: Any,
) -> tuple[FakeCloud, ChangeSet]:
    """The parent and its child run with `old`; the package brings `new`, and these tags of the stack."""
    before, after = stored(folder, old), stored(folder, new)
    cloud = FakeCloud()
    cloud.refuses_nested, cloud.validated = refuses, list(warned)
    deploy(cloud, parent(before.key), PARENT)
    deploy(cloud, old, "app-prod-Storage")
    cloud.contents["app-prod-Storage-Orders"] = Held(12, "item")
    for asset in (before, after):
        cloud.put_asset(asset.key, DiskStore(folder).path(asset.sha256))
    package = Package(PARENT, "eu-west-1", "bucket", parent(after.key, **parameters), {}, tags, (), (after,), "test")
    plan = plan_stack(cloud, package, DiskStore(folder), "two", local=local, reviewed=True)
    return cloud, from_json(plan.changes)


def test_on_a_real_account_what_cloudformation_says_of_the_inside_counts(tmp_path: Path) -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER), Mail=TOPIC)
    cloud, changes = planned(tmp_path, old, new, local=False)
    answer = cloud.change_set(PARENT, "two")
    assert answer is not None

    [row] = [row for row in changes.resources if row.nested]

    assert row.nested is not None
    # The fake knows no replacement rules: that it says False and is believed shows whose word it was.
    assert {one.logical_id: (one.replacement, one.source) for one in row.nested.resources} == {
        "Orders": ("False", "both"), "Mail": ("False", "both"),
    }  # fmt: skip
    assert any(one.rule == "sources-disagree" and "Orders" in one.sentence for one in row.nested.findings)
    assert row.change_set == answer.nested["Storage"].arn
    assert row.change_set in json.dumps(to_json(changes)), "what is confirmed names it"


def test_of_what_cloudformation_warns_inside_is_told_once_and_says_where(tmp_path: Path) -> None:
    full = Validation(
        "BUCKET_EMPTINESS_VALIDATION", "Mail", "AWS::SNS::Topic", "Something holds it.", "/Resources/Mail"
    )
    _, changes = planned(tmp_path, stack(Orders=TOPIC), stack(Orders=TOPIC, Mail=TOPIC), local=False, warned=[full])

    told = [one for one in changes.findings if one.rule == "validation-warns"]

    said = "Inside the nested stack Storage: CloudFormation warns of the topic Mail: Something holds it."
    assert [(one.logical_id, one.sentence) for one in told] == [("Storage", said)]


def test_where_cloudformation_does_not_look_inside_the_comparison_stands_and_that_is_said(tmp_path: Path) -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER), Mail=TOPIC)
    cloud, changes = planned(tmp_path, old, new, local=False, refuses="Nested change set was not successfully created")
    answer = cloud.change_set(PARENT, "two")

    [row] = [row for row in changes.resources if row.nested]
    [note] = [one for one in changes.findings if one.rule == "nested-not-asked"]

    assert answer is not None
    assert (answer.status, answer.with_nested, row.change_set) == ("CREATE_COMPLETE", False, "")
    assert note.evidence == "Nested change set was not successfully created"
    assert any("The table Orders is replaced" in one.sentence for one in changes.findings)


@pytest.fixture
def lost(tmp_path: Path) -> ChangeSet:
    return planned(tmp_path, stack(Orders=table(KEYS)), stack(Orders=table(OTHER), Mail=TOPIC))[1]


def test_a_table_that_is_replaced_inside_is_as_dangerous_as_one_outside(lost: ChangeSet) -> None:
    [row] = [row for row in lost.resources if row.nested]
    assert row.severity == Severity.DANGER
    assert row.nested is not None
    assert {one.logical_id: (one.action, one.replacement) for one in row.nested.resources} == {
        "Orders": ("Modify", "True"), "Mail": ("Add", "False"),
    }  # fmt: skip
    first = lost.findings[0]
    assert first.sentence == "Inside the nested stack Storage: The table Orders is replaced: its 12 items are lost."
    assert first.logical_id == "Storage"
    assert not any("is not shown" in one.sentence for one in lost.findings)
    assert "Inside Storage: replaces the table Orders: its 12 items are lost" in headline(lost)


def test_it_is_in_json_text_and_markdown(lost: ChangeSet) -> None:
    assert from_json(json.loads(json.dumps(to_json(lost, contexts=True)))) == lost
    assert "inside: ! table Orders: replaced" in as_text(lost)
    assert "inside: ! table Orders" in as_markdown(lost)


def test_a_nested_stack_that_goes_says_what_goes_with_it(tmp_path: Path) -> None:
    old = stack(Orders=table(KEYS))
    asset = stored(tmp_path, old)
    cloud = FakeCloud()
    deploy(cloud, parent(asset.key), PARENT)
    deploy(cloud, old, "app-prod-Storage")
    package = Package(PARENT, "eu-west-1", "bucket", stack(Topic=TOPIC), {}, {}, (), (), "test")

    plan = plan_stack(cloud, package, DiskStore(tmp_path), "two", local=True, reviewed=True)

    changes = from_json(plan.changes)
    [row] = changes.resources
    assert row.nested is not None
    assert [one.action for one in row.nested.resources] == ["Remove"]
    assert any(one.sentence.startswith("Inside the nested stack Storage: The table Orders is removed") for one in changes.findings)  # fmt: skip
    assert any(one.rule == "nested-stack" for one in changes.findings)


def test_what_cannot_be_looked_into_says_so(tmp_path: Path) -> None:
    asset = stored(tmp_path, stack(Orders=table(KEYS)))
    cloud = FakeCloud()
    deploy(cloud, parent(asset.key), PARENT)
    package = Package(PARENT, "eu-west-1", "bucket", parent("elsewhere.json"), {}, {}, (), (), "test")

    plan = plan_stack(cloud, package, DiskStore(tmp_path), "two", local=True, reviewed=True)

    assert [row["nested"] for row in plan.changes["resources"]] == [None]
    assert any("what changes inside is not shown" in one["sentence"] for one in plan.changes["findings"])


def test_a_parameter_that_is_only_known_later_and_stays_changes_nothing_inside(tmp_path: Path) -> None:
    child = json.loads(stack(Mail=("AWS::SNS::Topic", {"DisplayName": {"Ref": "Name"}})))
    child["Parameters"] = {"Name": {"Type": "String", "Default": "a"}}
    old = json.dumps(child)
    child["Resources"]["More"] = {"Type": "AWS::SNS::Topic"}
    _, changes = planned(tmp_path, old, json.dumps(child), Name="a")

    [row] = [row for row in changes.resources if row.nested]
    assert row.nested is not None
    assert [one.logical_id for one in row.nested.resources] == ["More"]


def test_tags_of_the_stack_reach_what_is_in_a_nested_one(tmp_path: Path) -> None:
    same = stack(Mail=TOPIC)
    _, changes = planned(tmp_path, same, same, tags={"team": "shop"})

    [row] = [row for row in changes.resources if row.nested]
    assert row.nested is not None
    [mail] = row.nested.resources
    assert (mail.logical_id, mail.scope, mail.routine) == ("Mail", ("Tags",), "tags only")
    assert mail.properties[0].after == {"team": "shop"}


def test_the_page_shows_it_as_a_service_within_its_row(lost: ChangeSet) -> None:
    service = service_view("app", lost, "service-1")
    row = next(row for row in service.every if row.change.nested)

    assert "orders" in row.search
    inside = row.nested
    assert inside is not None
    assert "service-1--Storage--Orders" in {one.anchor for one in inside.every}


def test_on_the_local_aws_a_nested_stack_is_looked_into(tmp_path: Path, local_aws: LocalAws) -> None:
    number = f"{random.randrange(10**11, 10**12)}"
    cloud = connect(AccountSettings("local", access_key_id=number), local_endpoint=local_aws.endpoint)
    bucket = cloud.assets_bucket()
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    before, after = stored(tmp_path, old), stored(tmp_path, new)
    for asset in (before, after):
        cloud.put_asset(asset.key, DiskStore(tmp_path).path(asset.sha256))

    def whole(key: str) -> str:
        address = f"{local_aws.endpoint}/{bucket}/{key}"
        return stack(Topic=TOPIC, Storage=("AWS::CloudFormation::Stack", {"TemplateURL": address}))

    cloud.create_change_set(ChangeSetRequest(PARENT, "one", "CREATE", whole(before.key), {}, {}, []))
    cloud.wait_change_set(PARENT, "one")
    cloud.execute_change_set(PARENT, "one", "token")
    assert follow(cloud, PARENT, lambda _event: None).ok
    package = Package(PARENT, "us-east-1", bucket, whole(after.key), {}, {}, (), (after,), "test")

    plan = plan_stack(cloud, package, DiskStore(tmp_path), "two", local=True, reviewed=True)

    sentences = [one["sentence"] for one in plan.changes["findings"]]
    assert any(one.startswith("Inside the nested stack Storage: The table Orders is replaced") for one in sentences)
