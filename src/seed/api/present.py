"""Records as the API's shapes."""

from __future__ import annotations

from seed.api import shapes
from seed.apps import records as apps
from seed.apps.login import shown_address
from seed.builds import records as builds
from seed.changesets import as_markdown, as_text
from seed.promotions import records as promotions
from seed.promotions.verdicts import Said
from seed.work.promoting import review
from seed.work.world import World


def app(row: apps.App) -> shapes.App:
    return shapes.App(
        slug=row.slug,
        name=row.name,
        repository=shown_address(row),
        branch=row.branch,
        poll_seconds=row.poll_seconds,
        stages_at_once=row.stages_at_once,
        check_code_change=row.check_code_change,
        unit_tests=row.unit_tests,
        services=[shapes.Service.model_validate(service, from_attributes=True) for service in row.services],
        stages=[stage(s) for s in row.stages],
    )


def stage(row: apps.Stage) -> shapes.Stage:
    return shapes.Stage(
        name=row.name,
        kind=row.kind,
        branch=row.branch,
        auto_deploy=row.auto_deploy,
        account=row.account.name,
        region=row.account.region,
        always_review=row.always_review,
        package_when_asked=row.package_when_asked,
        functions_only=row.functions_only,
        auto_promote=row.auto_promote,
        post_deploy=row.post_deploy.splitlines(),
        origin=row.origin,
        pull_request=row.pull_request,
        closing=row.closing,
    )


def build(row: builds.Build) -> shapes.Build:
    return shapes.Build(
        app=row.stage.app.slug,
        stage=row.stage.name,
        number=row.number,
        state=row.state,
        trigger=row.trigger,
        branch=row.branch,
        commit=row.commit,
        subject=row.subject,
        author=row.author,
        asked_by=row.asked_by,
        promotion=row.promotion_id,
        reason=row.reason,
        known=row.known,
        promoted_at=row.promoted_at,
        partly_promoted=row.partly_promoted,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def build_detail(row: builds.Build) -> shapes.BuildDetail:
    stages = {s.id: s.name for s in row.stage.app.stages}
    services = [
        shapes.ServiceBuild(
            service=one.service.name,
            state=one.state,
            reason=one.reason,
            failure=one.failure,
            framework=one.framework,
            package_digest=one.package_digest,
            stack_name=one.stack_name,
            change_set_arn=one.change_set_arn,
            method=one.method,
            changes=one.changes,
            outputs=one.outputs,
            attempts=[shapes.Attempt.model_validate(tried) for tried in one.attempts or ()],
            started_at=one.started_at,
            ended_at=one.ended_at,
            steps=[shapes.Step.model_validate(step, from_attributes=True) for step in one.steps],
            downstream=[
                shapes.DownstreamPackage(
                    stage=stages[made.stage_id],
                    state=made.state,
                    digest=made.digest,
                    failure=made.failure,
                )
                for made in one.downstream
                if made.stage_id in stages
            ],
        )
        for one in row.services
    ]
    return shapes.BuildDetail(**build(row).model_dump(), services=services, not_packaged=row.not_packaged)


def promotion(row: promotions.Promotion) -> shapes.Promotion:
    planned = any(plan.changes for plan in row.plans)
    return shapes.Promotion(
        id=row.id,
        app=row.app.slug,
        kind=row.kind,
        state=row.state,
        source_stage=row.source_build.stage.name,
        source_build=row.source_build.number,
        target_stage=row.target_stage.name,
        target_build=row.target_build.number if row.target_build else None,
        replaces=row.replaces_id,
        commit=row.source_build.commit,
        subject=row.source_build.subject,
        asked_by=row.asked_by,
        confirmed_by=row.confirmation.person if row.confirmation else "",
        digest=row.digest,
        severity=review.severity_of(row).name.lower() if planned else "",
        headline=review.headline_of(row) if planned else "",
        reason=row.reason,
        failure=row.failure,
        created_at=row.created_at,
        planned_at=row.planned_at,
        ended_at=row.ended_at,
    )


def promotion_detail(world: World, row: promotions.Promotion) -> shapes.PromotionDetail:
    commits, link = review.commits_between(world, row)
    went = {one.service_id: one.state for one in row.target_build.services} if row.target_build else {}
    return shapes.PromotionDetail(
        **promotion(row).model_dump(),
        services=[_plan(plan, row.target_stage.name, went.get(plan.service_id, "")) for plan in row.plans],
        commits=[shapes.Commit(sha=c.sha, subject=c.subject, author=c.author, at=c.at) for c in commits],
        compare_url=link,
        needs_reading=review.must_be_read(world, row),
        text=review.read_out(world, row, lambda changes, stage: as_text(changes, stage=stage)),
        markdown=review.read_out(world, row, lambda changes, stage: as_markdown(changes, stage=stage), "### "),
    )


def _plan(plan: promotions.ServicePlan, stage_name: str, deployed: str) -> shapes.ServicePlan:
    from seed.changesets import headline

    change_set = review.change_set_of(plan)
    return shapes.ServicePlan(
        service=plan.service.name,
        state=plan.state,
        package_digest=plan.package_digest,
        stack_name=plan.stack_name,
        change_set_arn=plan.change_set_arn,
        method=plan.method,
        baseline=plan.baseline,
        changes=plan.changes,
        headline=headline(change_set, stage_name) if change_set else "",
        failure=plan.failure,
        repackaged=review.repackaged(plan),
        deployed=deployed,
    )


def said(one: Said) -> shapes.SaidFinding:
    found = one.finding
    verdict = shapes.Verdict.model_validate(one.verdict, from_attributes=True) if one.verdict else None
    return shapes.SaidFinding(
        key=one.key, service=one.service, rule=found.rule, severity=found.severity.name.lower(),
        logical_id=found.logical_id, sentence=found.sentence, evidence=found.evidence, hint=found.hint, verdict=verdict,
    )  # fmt: skip
