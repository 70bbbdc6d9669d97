"""What an account, or CloudFormation's own answer, tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.changesets.rules.case import BUCKET, ROLE, TABLE_TYPE, Case, allow, role
from tests.changesets.templates import OTHER_KEY, TABLE, stack

from seed.changesets import Finding, compare, merge
from seed.changesets.enrich import Counted, enriched
from seed.changesets.findings import rollback_alarms, rollback_disabled, stack_policy
from seed.changesets.findings.access_analyzed import analyzed
from seed.changesets.findings.access_not_analyzed import not_analyzed
from seed.changesets.findings.drifted import Moved, by_hand
from seed.changesets.findings.name_taken import taken
from seed.changesets.findings.nested_not_asked import not_looked_into
from seed.changesets.findings.plugins_run import will_run
from seed.changesets.findings.validation_warns import warned
from seed.changesets.model import ResourceChange

ADDED = ResourceChange("X", TABLE_TYPE, "Add")
CHANGED = ResourceChange("X", ROLE, "Modify", replacement="False")
TAGS = "provider.tags@1a2b3c4d"
PRUNE = "serverless-prune-plugin@2.1.0"
COUNTED_AT = "2026-06-01T10:00:00+00:00"


def _found(rule: str, severity: str, about: str, find: Callable[[], Iterable[Finding]]) -> Case:
    return Case(rule, severity, find, about)


def _emptied(words: str) -> Callable[[], Iterable[Finding]]:
    """A bucket that goes, after its objects were counted."""

    def find() -> Iterable[Finding]:
        gone = compare(stack(X=(BUCKET, {})), stack())
        return enriched(gone, {"X": Counted(words, COUNTED_AT)}, []).findings

    return find


def _merged(replacement: str) -> Callable[[], Iterable[Finding]]:
    """CloudFormation's word on a table whose key changes."""

    def find() -> Iterable[Finding]:
        ours = compare(stack(X=(TABLE_TYPE, TABLE)), stack(X=(TABLE_TYPE, OTHER_KEY)))
        change: dict[str, Any] = {"LogicalResourceId": "X", "ResourceType": TABLE_TYPE, "Action": "Modify"}
        theirs = [{"Type": "Resource", "ResourceChange": {**change, "Replacement": replacement, "Details": []}}]
        return merge(ours, theirs, theirs, prefer="aws").findings

    return find


def _compared() -> Iterable[Finding]:
    return compare(stack(X=(ROLE, role())), stack(X=(ROLE, role(allow("a:b"))))).findings


def _by_hand(*moved: Moved, gone: bool = False) -> Callable[[], Iterable[Finding]]:
    def find() -> Iterable[Finding]:
        found = by_hand(CHANGED, gone=gone, moved=moved)
        return [] if found is None else [found]

    return find


CASES: list[Case] = [
    _found("not-empty", "danger", "three objects were counted", _emptied("3 objects")),
    _found("not-empty", "", "nothing was counted", _emptied("nothing")),
    _found("data-removed", "danger", "three objects were counted", _emptied("3 objects")),
    _found("nested-not-asked", "notice", "refused", lambda: [not_looked_into("not allowed")]),
    _found("nested-not-asked", "", "nobody asked CloudFormation", _compared),
    _found("name-taken", "danger", "the account has it", lambda: [taken(ADDED, "TableName", "orders")]),
    _found("name-taken", "", "nobody asked", lambda: compare(None, stack(X=(TABLE_TYPE, TABLE))).findings),
    _found("drifted", "danger", "deleted", _by_hand(gone=True)),
    _found("drifted", "notice", "changed", _by_hand(("/Path", "/", "/a/"))),
    _found("drifted", "", "as its stack made it", _by_hand()),
    _found("access-analyzed", "warning", "new access", lambda: [analyzed(CHANGED, new=True, reasons=["why"])]),
    _found("access-analyzed", "routine", "none", lambda: [analyzed(CHANGED, new=False, reasons=[])]),
    _found("access-analyzed", "", "nobody asked", _compared),
    _found("access-not-analyzed", "routine", "refused", lambda: [not_analyzed("AccessDenied")]),
    _found("access-not-analyzed", "", "nobody asked", _compared),
    _found("sources-disagree", "notice", "another replacement", _merged("False")),
    _found("sources-disagree", "", "the same", _merged("True")),
    _found("plugins-run", "notice", "the first deployment", lambda: will_run([PRUNE, TAGS], None)),
    _found("plugins-run", "notice", "none ran before", lambda: will_run([PRUNE], [TAGS])),
    _found("plugins-run", "notice", "another version", lambda: will_run([PRUNE], ["serverless-prune-plugin@2.0.0"])),
    _found("plugins-run", "notice", "one more", lambda: will_run([PRUNE, "./ours@1f2e3d4c"], [PRUNE])),
    _found("plugins-run", "notice", "one that is gone", lambda: will_run([], [PRUNE])),
    _found("plugins-run", "routine", "what ran before", lambda: will_run([PRUNE], [PRUNE, TAGS])),
    _found("plugins-run", "routine", "the framework's own", lambda: will_run([TAGS], None)),
    _found("plugins-run", "routine", "the same value as before", lambda: will_run([TAGS], [TAGS])),
    _found("plugins-run", "notice", "another value than before", lambda: will_run([TAGS], ["provider.tags@0f0f0f0f"])),
    _found("plugins-run", "", "none", lambda: will_run([], None)),
    _found("stack-policy", "notice", "another", lambda: [stack_policy.becomes("", '{"Statement":[]}')]),
    _found("stack-policy", "", "nobody asked", _compared),
    _found("rollback-alarms", "notice", "others", lambda: [rollback_alarms.become("", '{"RollbackTriggers":[]}')]),
    _found("rollback-alarms", "", "nobody asked", _compared),
    _found("rollback-disabled", "notice", "asked for", lambda: [rollback_disabled.not_rolled_back()]),
    _found("rollback-disabled", "", "nobody asked", _compared),
    _found("validation-warns", "warning", "a bucket", lambda: [warned(BUCKET, "X", "Not empty", "/Resources/X")]),
    _found("validation-warns", "warning", "the whole stack", lambda: [warned("", "", "", "")]),
    _found("validation-warns", "", "nobody asked", _compared),
]
