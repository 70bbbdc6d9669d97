"""Where CloudFormation and our comparison differ, so that we learn: a line in the log for each, and their number.

Types, actions and paths are said; values never are.
"""

from __future__ import annotations

import threading

import structlog

from seed.changesets import ChangeSet

log = structlog.get_logger(__name__)
RULE = "sources-disagree"
MOST_PATHS = 20


class Count:
    """Of this process, since it began."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        with self._lock:
            self.number += 1


SEEN = Count()


def tell_disagreements(merged: ChangeSet, count: Count = SEEN) -> None:
    rows = {row.logical_id: row for row in merged.resources}
    for finding in merged.findings:
        row = rows.get(finding.logical_id)
        if finding.rule != RULE or row is None:
            continue
        count.add()
        log.warning(
            "sources disagree",
            type=row.resource_type,
            action=row.action,
            replacement=row.replacement,
            source=row.source,
            said=finding.evidence,
            paths=[one.path for one in row.properties[:MOST_PATHS]],
        )
