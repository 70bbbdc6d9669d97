"""`/_style`: every component on one page, for those who build the console."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, Severity
from seed.console.deps import TheActor
from seed.console.review import findings, service_view
from seed.console.templates import naming, render

router = APIRouter()
STATES = (
    "queued", "waiting", "checking", "packaging", "deploying", "running", "succeeded", "failed", "cancelled",
    "skipped", "unchanged", "planning", "review", "confirmed", "promoted", "paused", "rejected", "stale", "expired",
)  # fmt: skip
EXAMPLE = ChangeSet(
    stack_name="orders-prod",
    new_stack=False,
    resources=(
        ResourceChange(
            "OrdersTable",
            "AWS::DynamoDB::Table",
            "Modify",
            "True",
            physical_id="orders-prod",
            policy_action="ReplaceAndDelete",
            severity=Severity.DANGER,
            properties=(
                PropertyChange("/Properties/TableName", before="orders", after="orders-v2", recreation="Always"),
                PropertyChange("/Properties/StreamSpecification", before=None, has_before=False, after={"a": [1]}),
            ),
        ),
        ResourceChange(
            "CreateOrder",
            "AWS::Lambda::Function",
            "Modify",
            properties=(PropertyChange("/Properties/MemorySize", before=128, after=256),),
        ),
        ResourceChange("Mail", "AWS::SNS::Topic", "Add"),
        ResourceChange("Version1", "AWS::Lambda::Version", "Add", routine="new version of CreateOrder"),
    ),
    findings=tuple(
        Finding(f"example-{level.name.lower()}", level, f"A finding of severity {level.name.lower()}.", hint="Do so.")
        for level in reversed(Severity)
    ),
)


@router.get("/_style")
def show(request: Request, actor: TheActor) -> Response:
    actor.must("read")
    service = service_view("orders", EXAMPLE, "example")
    return render(request, "style.html", states=STATES, service=service,
                  findings=findings([service], {}), named=naming(service.ids))  # fmt: skip
