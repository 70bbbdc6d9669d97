"""What a kill of the local AWS left in the middle: AWS would have gone on, here nobody does.

Before the state is read again, a change set that was being executed can be executed once more, and what else was on its
way has failed. Otherwise its stack would be busy for ever.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ENDS = {
    "CREATE_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}
AGAIN = {"CREATE_IN_PROGRESS": "REVIEW_IN_PROGRESS", "UPDATE_IN_PROGRESS": "UPDATE_COMPLETE"}
"""Where a stack stands before its change set is executed."""
REASON = "The local AWS was killed while it worked on this stack."
FILE = "cloudformation.json"


def take_back(folder: Path) -> None:
    """In the file that is read at the start."""
    file = folder / FILE
    if not file.exists():
        return
    state = json.loads(file.read_text())
    if end_what_was_on_its_way(state.get("payload", {})):
        whole = file.with_suffix(".mended")
        whole.write_text(json.dumps(state))
        whole.replace(file)


def end_what_was_on_its_way(state: dict[str, Any]) -> list[str]:
    """The names of the stacks."""
    executing = {one["StackId"]: one for one in _rows(state, "change_sets") if _executing(one)}
    ended = []
    for stack in _rows(state, "stacks"):
        status = stack["StackStatus"]
        if status not in ENDS:
            continue
        change_set = executing.get(stack["StackId"])
        again = change_set is not None and status in AGAIN
        stack["StackStatus"] = AGAIN[status] if again else ENDS[status]
        stack["StackStatusReason"] = REASON
        if change_set is not None:
            change_set["ExecutionStatus"] = "AVAILABLE" if again else "EXECUTE_FAILED"
        if "UPDATE" in status and stack.get("_template"):
            stack["_template_body"] = json.dumps(stack["_template"])  # of the new one nothing is certain
        ended.append(stack["StackName"])
    return ended


def _executing(change_set: dict[str, Any]) -> bool:
    return change_set.get("ExecutionStatus") == "EXECUTE_IN_PROGRESS"


def _rows(state: dict[str, Any], store: str) -> list[dict[str, Any]]:
    return list(state.get(store, {}).get("data", {}).values())
