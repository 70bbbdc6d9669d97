"""What a reviewer must know. One rule, one file; `docs/review.md` lists them all."""

from __future__ import annotations

from dataclasses import replace

from seed.changesets.evaluate import World
from seed.changesets.findings import (
    access_analyzed,
    access_new,
    access_not_analyzed,
    access_public,
    access_sweeping,
    access_widened,
    address_changes,
    address_removed,
    already_there,
    another_role,
    attribute_missing,
    capability_missing,
    capacity_lowered,
    circular_dependency,
    data_expires,
    data_removed,
    data_replaced,
    definition_malformed,
    drifted,
    engine_changes,
    export_changes,
    export_in_use,
    export_removed,
    exposed,
    fifo_name,
    index_removed,
    limit_exceeded,
    limit_near,
    macro,
    name_conflict,
    name_illegal,
    name_taken,
    nested_not_asked,
    nested_stack,
    network_moved,
    not_deployed,
    not_empty,
    nothing_left,
    output_removed,
    parameter_invalid,
    parameter_missing,
    parameter_unseen,
    plugins_run,
    policy_malformed,
    policy_weakened,
    pool_fixed,
    property_missing,
    property_unknown,
    protection_off,
    reference_missing,
    retention_shortened,
    rollback_alarms,
    rollback_disabled,
    route_removed,
    runtime_ended,
    runtime_ends,
    schedule_refused,
    secret_generated,
    service_token,
    settings_refused,
    sources_disagree,
    stack_not_updatable,
    stack_policy,
    table_indexes,
    table_keys,
    template_large,
    template_malformed,
    type_changed,
    type_elsewhere,
    type_unknown,
    undone_after,
    validation_warns,
    value_null,
    value_refused,
    variables_refused,
    visibility_short,
)
from seed.changesets.findings.rule import Rule
from seed.changesets.model import ChangeSet, Finding, ResourceChange, Severity
from seed.changesets.resource import Pair, Side
from seed.changesets.review import Review

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        name_conflict,
        already_there,
        name_illegal,
        fifo_name,
        property_missing,
        property_unknown,
        value_refused,
        value_null,
        variables_refused,
        type_changed,
        template_malformed,
        settings_refused,
        visibility_short,
        schedule_refused,
        policy_malformed,
        definition_malformed,
        reference_missing,
        attribute_missing,
        parameter_invalid,
        circular_dependency,
        table_keys,
        table_indexes,
        pool_fixed,
        engine_changes,
        limit_exceeded,
        nothing_left,
        capability_missing,
        export_in_use,
        data_replaced,
        data_removed,
        not_empty,
        access_public,
        access_sweeping,
        access_widened,
        another_role,
        exposed,
        policy_weakened,
        protection_off,
        retention_shortened,
        data_expires,
        secret_generated,
        undone_after,
        address_changes,
        address_removed,
        route_removed,
        not_deployed,
        index_removed,
        runtime_ended,
        runtime_ends,
        capacity_lowered,
        network_moved,
        nested_stack,
        nested_not_asked,
        type_unknown,
        type_elsewhere,
        service_token,
        parameter_missing,
        access_new,
        export_removed,
        export_changes,
        output_removed,
        limit_near,
        template_large,
        macro,
        parameter_unseen,
    )
)
"""In the order in which they are told within one severity."""

ASKED: tuple[Rule, ...] = (
    name_taken.RULE,
    drifted.RULE,
    stack_not_updatable.RULE,
    access_analyzed.RULE,
    access_not_analyzed.RULE,
    sources_disagree.RULE,
    plugins_run.RULE,
    stack_policy.RULE,
    rollback_alarms.RULE,
    rollback_disabled.RULE,
    validation_warns.RULE,
)
"""What no template tells: an account is asked, or CloudFormation's own answer or the package is read."""

OF_ROWS: tuple[Rule, ...] = (
    data_replaced.RULE,
    data_removed.RULE,
    not_empty.RULE,
    address_changes.RULE,
    address_removed.RULE,
)
"""Those that look at nothing but rows: they are asked again when AWS's answer changes what happens to a row."""


def find(review: Review) -> list[Finding]:
    return [_marked(rule, finding) for rule in RULES for finding in rule.find(review)]


OF_KEPT_ROWS: tuple[Rule, ...] = (name_conflict.RULE, table_indexes.RULE)
"""Those that also look at the whole resource: asked again where the row keeps it on both sides."""


def find_in_rows(change_set: ChangeSet) -> list[Finding]:
    """The findings of a merged change set: what its rows say, and what was found in the templates."""
    kept = {row.logical_id: _pair(row) for row in change_set.resources if row.before and row.after}
    review = Review(change_set, None, World({}), kept)
    again = [_marked(rule, finding) for rule in (*OF_ROWS, *OF_KEPT_ROWS) for finding in rule.find(review)]
    ids, of_kept = ({rule.id for rule in rules} for rules in (OF_ROWS, OF_KEPT_ROWS))
    return again + [
        finding
        for finding in change_set.findings
        if finding.rule not in ids and not (finding.rule in of_kept and finding.logical_id in kept)
    ]


def _pair(row: ResourceChange) -> Pair:
    """The resource as its row keeps it: evaluated, secrets withheld."""
    raw = {"Type": row.resource_type}
    before, after = (Side(raw, dict(side)) for side in (row.before or {}, row.after or {}))
    return Pair(row.logical_id, before, after)


def _marked(rule: Rule, finding: Finding) -> Finding:
    """A warning of such a rule says only that the deployment may fail."""
    return replace(finding, fails=True) if rule.fails and finding.severity == Severity.DANGER else finding
