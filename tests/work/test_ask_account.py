"""What the account is asked for before a review, and what becomes of it when it does not answer."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.work.account import BUCKET, KEYS, OTHER, TOPIC, change, deploy, deployed, package, role, stack, table

from seed.aws.errors import AccessDenied, NetworkLost
from seed.aws.values import Access, Held
from seed.changesets import (
    ChangeSet,
    Severity,
    as_markdown,
    as_text,
    headline,
    to_json,
)
from seed.packages.store import DiskStore
from seed.work.stacks.ask_account import ask, importers, in_words
from seed.work.stacks.plan_stack import plan_stack


def test_what_would_be_lost_is_counted_and_said_at_the_top() -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = Held(1_204_331, "item")

    told = ask(cloud, change(cloud, old, new), local=True)

    first = "Replaces the table Orders in production: its 1,204,331 items are lost."
    assert headline(told, "production").startswith(first)
    assert re.search(r" Counted \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$", headline(told, "production"))
    assert told.findings[0].sentence == "The table Orders is replaced: its 1,204,331 items are lost."
    assert told.resources[0].held == "1,204,331 items"
    assert told.resources[0].held_at.endswith("+00:00")


COUNTED = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_count_says_how_old_it_is_wherever_it_is_told() -> None:
    old, new = stack(Orders=table(KEYS), Files=BUCKET), stack(Orders=table(OTHER))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = Held(7, "item", lag="up to 6 h old")
    cloud.contents["app-prod-Files"] = Held(9, "object", at=COUNTED)

    told = ask(cloud, change(cloud, old, new), local=False)

    rows = {row.logical_id: row for row in told.resources}
    assert rows["Files"].held_at == "2026-11-26T00:00:00+00:00"
    assert rows["Orders"].held_lag == "up to 6 h old"
    assert headline(told).endswith(" Counted 2026-11-26 00:00 UTC, some up to 6 h old then.")
    assert "(held 9 objects, as of 2026-11-26 00:00 UTC)" in as_text(told)
    assert re.search(r"\(held 7 items, as of \S+ \d\d:\d\d UTC, up to 6 h old\)", as_text(told))
    assert "2026-11-26 00:00 UTC" in as_markdown(told)
    assert to_json(told)["resources"][0]["held_lag"] in ("", "up to 6 h old")


def test_one_count_alone_is_as_old_as_it_may_be() -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = Held(7, "item", at=COUNTED, lag="up to 6 h old")

    told = headline(ask(cloud, change(cloud, old, new), local=True))

    assert told.endswith(" Counted 2026-11-26 00:00 UTC, up to 6 h old then.")


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        (Held(1, "item"), "its 1 item is lost"),
        (Held(2, "item", size=2048), "its 2 items (2.0 KB) are lost"),
        (Held(5, "item", at_least=True), "its 5+ items are lost"),
    ],
)
def test_one_is_lost_and_two_are(held: Held, lost: str) -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = held

    told = ask(cloud, change(cloud, old, new), local=True)

    assert lost in told.findings[0].sentence
    assert lost in headline(told)


def test_what_stays_is_not_counted() -> None:
    old = stack(Orders=table(KEYS))
    new = stack(Orders=table({**KEYS, "TableClass": "STANDARD_INFREQUENT_ACCESS"}))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = Held(5, "item")

    assert [row.held for row in ask(cloud, change(cloud, old, new), local=True).resources] == [""]


def test_an_account_that_does_not_count_is_no_reason_for_no_review() -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)
    changes = change(cloud, old, new)
    cloud.failing = [AccessDenied("The credentials may not do dynamodb:DescribeTable."), NetworkLost("no")]

    told = ask(cloud, changes, local=True)

    assert told.resources[0].held == ""
    assert told.findings[0].sentence == "The table Orders is replaced: its items are lost."


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Held(1, "item"), "1 item"),
        (Held(1_204_331, "item"), "1,204,331 items"),
        (Held(10_000, "object", at_least=True), "10,000+ objects"),
        (Held(3, "object", size=5_242_880), "3 objects (5.0 MB)"),
        (Held(0, "message"), "nothing"),
        (Held(5_222, "byte"), "5.1 KB of logs"),
        (Held(900, "byte"), "900 bytes of logs"),
    ],
)
def test_counts_in_words(held: Held, words: str) -> None:
    assert in_words(held, "AWS::Logs::LogGroup") == words


def test_an_empty_one_says_so_and_stays_dangerous() -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)

    told = ask(cloud, change(cloud, old, new), local=True)

    assert told.findings[0].severity == Severity.DANGER
    assert "It held nothing when that was last counted." in told.findings[0].sentence
    assert "it is empty" in headline(told)


def test_a_name_that_is_taken_is_predicted_to_fail() -> None:
    old, new = stack(Topic=("AWS::SNS::Topic", {})), stack(Orders=table({**KEYS, "TableName": "orders"}))
    cloud = deployed(old)
    cloud.names.add(("AWS::DynamoDB::Table", "orders"))

    told = ask(cloud, change(cloud, old, new), local=True)

    [finding] = [one for one in told.findings if one.rule == "name-taken"]
    assert finding.severity == Severity.DANGER
    assert "is to be named orders" in finding.sentence
    assert headline(told).startswith("Will most probably fail")
    assert next(row for row in told.resources if row.logical_id == "Orders").severity == Severity.DANGER


@pytest.mark.parametrize(
    "properties", [KEYS, {**KEYS, "TableName": {"Fn::Sub": "${Topic}-orders"}}, {**KEYS, "TableName": "free"}]
)
def test_a_name_that_is_free_or_not_known_is_no_finding(properties: dict[str, Any]) -> None:
    old, new = stack(Topic=TOPIC), stack(Topic=TOPIC, Orders=table(properties))
    cloud = deployed(old)
    cloud.names.add(("AWS::DynamoDB::Table", "orders"))

    assert [one.rule for one in ask(cloud, change(cloud, old, new), local=True).findings] == []


READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}


def test_access_analyzer_confirms_what_is_new_with_placeholders_for_what_is_known_later() -> None:
    old, new = stack(Bucket=BUCKET, Role=role(READ)), stack(Bucket=BUCKET, Role=role(READ, WRITE))
    cloud = deployed(old)

    told = ask(cloud, change(cloud, old, new), local=False)

    [finding] = [one for one in told.findings if one.rule == "access-analyzed"]
    assert finding.severity == Severity.WARNING
    assert finding.sentence == "IAM Access Analyzer confirms new access by the role Role."
    assert '"arn:aws:seed:::known-later/Bucket-Arn/*"' in finding.evidence


def test_access_analyzer_may_find_nothing_new_or_not_be_allowed() -> None:
    old, new = stack(Bucket=BUCKET, Role=role(READ)), stack(Bucket=BUCKET, Role=role(READ, WRITE))
    cloud = deployed(old)
    changes = change(cloud, old, new)

    cloud.analyzer = Access(new=False, message="The updated policy does not grant new access")
    calm = next(one for one in ask(cloud, changes, local=False).findings if one.rule == "access-analyzed")
    assert (calm.severity, "finds no new access" in calm.sentence) == (Severity.ROUTINE, True)

    cloud.analyzer = AccessDenied("The credentials may not do access-analyzer:CheckNoNewAccess.")
    said = next(one for one in ask(cloud, changes, local=False).findings if one.rule == "access-not-analyzed")
    assert (said.severity, "could not be asked" in said.sentence) == (Severity.ROUTINE, True)
    assert any(one.rule == "access-widened" for one in ask(cloud, changes, local=False).findings)

    assert not any("analyz" in one.rule for one in ask(cloud, changes, local=True).findings)


def test_an_export_that_others_import_is_asked_of_the_account_before_the_review(tmp_path: Any) -> None:
    given = {"Given": {"Value": "x", "Export": {"Name": "shared"}}}
    cloud = deployed(stack(given, Topic=TOPIC))
    deploy(cloud, stack({"Taken": {"Value": {"Fn::ImportValue": "shared"}}}, Topic=TOPIC), "other")
    assert importers(cloud, ["shared", "nobody"]) == {"shared": ("other",)}

    plan = plan_stack(
        cloud, package(stack(Topic=TOPIC, More=TOPIC)), DiskStore(tmp_path), "two", local=False, reviewed=True
    )

    [finding] = [one for one in plan.changes["findings"] if one["rule"] == "export-in-use"]
    assert "other" in finding["sentence"]


def test_stored_secrets_stand_in_no_plan(tmp_path: Any) -> None:
    secret = "s3cret-of-a-stage"
    cloud = deployed(stack(Topic=("AWS::SNS::Topic", {"DisplayName": "a"})))
    new = stack(Topic=("AWS::SNS::Topic", {"DisplayName": f"token {secret}", "TopicName": secret}))

    plan = plan_stack(
        cloud, package(new, tags={"key": secret}), DiskStore(tmp_path), "two",
        local=False, secrets=frozenset([secret]), reviewed=True,
    )  # fmt: skip

    assert secret not in json.dumps([plan.changes, plan.baseline])
    assert "/Tags/key" in json.dumps(plan.changes)


def test_a_plan_of_a_build_asks_nothing_more(tmp_path: Any) -> None:
    old, new = stack(Orders=table(KEYS)), stack(Orders=table(OTHER))
    cloud = deployed(old)
    cloud.contents["app-prod-Orders"] = Held(7, "item")

    built = plan_stack(cloud, package(new), DiskStore(tmp_path), "two", local=True)
    read = plan_stack(cloud, package(new), DiskStore(tmp_path), "three", local=True, reviewed=True)

    assert [row["held"] for row in built.changes["resources"]] == [""]
    assert [row["held"] for row in read.changes["resources"]] == ["7 items"]
    assert to_json(ChangeSet("x", new_stack=False))["version"] == read.changes["version"]
