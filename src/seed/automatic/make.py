"""Make a stage for a branch or a pull request, with what it copies and its first build, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from seed.apps.find import services_of, stages_of
from seed.apps.records import BRANCH, App, Stage
from seed.apps.stage_names import free_stage_name
from seed.apps.stages import add_stage
from seed.audit.record import record
from seed.automatic.decide import Wanted, why_not
from seed.automatic.find import made_for, rule_of, settings_of, source_of, stage_for_pull_request
from seed.builds.deploy import Commit, deploy
from seed.builds.records import Build
from seed.db.base import now
from seed.db.vault import Vault
from seed.notify.targets import copy_notifications
from seed.people.actor import SEED
from seed.variables.change import copy_variables
from seed.work.jobs.engine import Engine


@dataclass(frozen=True, slots=True)
class Asked:
    """`branch` is the one that is worked on. `base` is where a pull request goes to."""

    origin: str
    name: str
    branch: str
    commit: Commit
    base: str = ""
    number: int = 0
    head_commit: str = ""
    from_fork: bool = False

    @property
    def what(self) -> str:
        return f"pull request {self.number}" if self.number else f"the branch {self.branch}"


def make_stage(session: Session, engine: Engine, vault: Vault, app: App, asked: Asked) -> str:
    """What was done, in a sentence; looked at once more, since two may be told of the same at a time."""
    row = settings_of(session, app.id, asked.origin)
    there = made_for(session, app, asked.origin)
    if is_made(session, app, asked):
        return ""
    no = why_not(rule_of(row), Wanted(asked.what, asked.branch, asked.from_fork), len(there))
    if no is not None:
        return no
    source = source_of(session, row)
    if source is None:
        return f"{asked.what} gets no stage: there is no development stage to copy from."
    name = free_stage_name(asked.name, asked.branch, {stage.name for stage in stages_of(session, app.id)})
    stage = add_stage(session, SEED, app, name, asked.branch, source.account, origin=asked.origin)
    stage.pull_request, stage.made_at = asked.number, now()
    stage.post_deploy, stage.functions_only = source.post_deploy, source.functions_only
    session.flush()
    copy_variables(session, vault, SEED, app, source, stage)
    copy_notifications(session, source, stage)
    record(session, SEED.name, "stage.automatic", name, app_id=app.id, of=asked.what, copied=source.name)
    build = build_stage(session, engine, app, stage, asked)
    return f"Made the stage {name} for {asked.what}; build {build.number} is on its way."


def build_stage(session: Session, engine: Engine, app: App, stage: Stage, asked: Asked) -> Build:
    """The forge knows the head's commit alone; the merge with the base is ours."""
    trigger = "pull-request" if asked.number else "push"
    build = deploy(session, engine, SEED, stage, asked.commit, services_of(session, app.id, None), trigger=trigger,
                   branch=asked.base or asked.branch)  # fmt: skip
    build.head_commit = asked.head_commit
    return build


def is_made(session: Session, app: App, asked: Asked) -> bool:
    if asked.origin != BRANCH:
        return stage_for_pull_request(session, app, asked.number) is not None
    return any(one.branch == asked.branch and not one.pull_request for one in stages_of(session, app.id))
