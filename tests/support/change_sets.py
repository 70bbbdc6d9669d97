"""Change sets as reviews show them: dangerous, mild, routine, many and hostile ones; compared from real templates."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from seed.changesets import (
    ChangeSet,
    CodeChange,
    FileChange,
    Finding,
    PropertyChange,
    ResourceChange,
    Severity,
    compare,
    parse_template,
)
from seed.changesets.enrich import Counted, enriched
from seed.db.base import now

DATA = Path(__file__).parents[1] / "changesets" / "data"


def danger() -> ChangeSet:
    old, new = (parse_template((DATA / f"orders-api-{version}.json").read_text()) for version in ("v1", "v2"))
    held = {
        name: Counted(words, now().isoformat(timespec="seconds"))
        for name, words in (("OrdersTable", "1,204,331 items (2.1 GB)"), ("ScratchBucket", "10,000+ objects"))
    }
    changes = enriched(compare(old, new, stack_name="orders-prod"), held, ())
    rows = (replace(r, code=CODE) if r.logical_id == "CreateOrderLambdaFunction" else r for r in changes.resources)
    return replace(changes, resources=tuple(rows))


def archive(**files: str) -> bytes:
    """A function's code."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in files.items():
            target.writestr(zipfile.ZipInfo(name.replace("__", "/")), text)
    return out.getvalue()


OLD_CODE = archive(
    src__create_js="exports.handler = async (event) => {\n  return save(event, 5);\n};\n", same_js="1", old_js="2"
)


NEW_CODE = archive(
    src__create_js="exports.handler = async (event) => {\n  return save(event, 10);\n};\nexports.log = log;\n",
    same_js="1",
)


OLD_SHA, NEW_SHA = (hashlib.sha256(content).hexdigest() for content in (OLD_CODE, NEW_CODE))


CODE = CodeChange(
    files=(FileChange("old_js", 1, None), FileChange("src/create_js", 64, 80)),
    before=len(OLD_CODE), after=len(NEW_CODE), old=OLD_SHA, new=NEW_SHA,
)  # fmt: skip


def mild() -> ChangeSet:
    return ChangeSet(
        stack_name="users-prod",
        new_stack=False,
        resources=(
            ResourceChange(
                "GetUserLambdaFunction", "AWS::Lambda::Function", "Modify", physical_id="users-prod-getUser",
                properties=(
                    PropertyChange("/Properties/MemorySize", before=128, after=256),
                    PropertyChange("/Properties/Environment/Variables/API_KEY", secret=True),
                    PropertyChange("/Properties/Environment/Variables/GREETING", before="Hello, dear user", after="Hello, dear customer"),
                ),
            ),
            ResourceChange("UserMails", "AWS::SNS::Topic", "Add", after={"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "Users"}}),
        ),
        findings=(Finding("capacity-lowered", Severity.WARNING, "The function GetUserLambdaFunction may run less often at a time.", "GetUserLambdaFunction", "ReservedConcurrentExecutions: 50 → 10"),),
    )  # fmt: skip


def routine() -> ChangeSet:
    rows = tuple(
        ResourceChange(f"Version{n}", "AWS::Lambda::Version", "Add", routine=f"new version of Function{n}",
                       severity=Severity.ROUTINE)
        for n in range(3)
    )  # fmt: skip
    return ChangeSet(stack_name="mails-prod", new_stack=False, resources=rows)


def many(number: int = 500) -> ChangeSet:
    rows = tuple(
        ResourceChange(
            f"Resource{n}{'VeryLong' * (n % 9)}", ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue")[n % 3],
            ("Modify", "Add", "Remove", "Modify")[n % 4], "True" if n % 97 == 0 else "False",
            severity=Severity.DANGER if n % 97 == 0 else Severity.NOTICE,
            properties=tuple(PropertyChange(f"/Properties/P{i}", before={"a": [i, n]}, after={"a": [i, n + 1], "b": "x" * i}) for i in range(4)),
        )
        for n in range(number)
    )  # fmt: skip
    return ChangeSet(stack_name="big-prod", new_stack=False, resources=rows)


HOSTILE = "<script>alert(1)</script>&\"'`{{7*7}}\u202egnp.exe"


def hostile() -> ChangeSet:
    return ChangeSet(
        stack_name=HOSTILE, new_stack=False,
        resources=(ResourceChange(HOSTILE, HOSTILE, "Modify", "True", physical_id=HOSTILE, severity=Severity.DANGER,
                                  properties=(PropertyChange(f"/Properties/{HOSTILE}", before=HOSTILE, after=[HOSTILE] * 3, causing_entity=HOSTILE),),
                                  before={HOSTILE: HOSTILE}, after={HOSTILE: [HOSTILE]}),),
        findings=(Finding("x", Severity.DANGER, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )  # fmt: skip
