"""Add a stage of any kind, as a person asks for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.records import DEVELOPMENT, Account, App, Stage
from seed.apps.stage_names import propose_stage_name
from seed.apps.stages import RANK, add_stage
from seed.errors import Invalid
from seed.git import check_branch
from seed.people.actor import Actor
from seed.promotions.leads_there import end_what_leads_nowhere
from seed.work.jobs.engine import Engine


def new_stage(
    session: Session, engine: Engine, actor: Actor, app: App, account: Account, *, kind: str, name: str, branch: str
) -> Stage:
    """A development stage follows a branch, and is named after it where no name is given. Staging and production are
    reached by promotion from the first: nothing is deployed to them by a push.
    """
    if kind not in RANK:
        raise Invalid(f"{kind[:40]!r} is no kind of stage.", hint="One of " + ", ".join(RANK) + ".", where="kind")
    if kind == DEVELOPMENT:
        if not branch:
            raise Invalid("A development stage follows a branch.", hint="Name the branch.", where="branch")
        follows = check_branch(branch)
        return add_stage(session, actor, app, name or propose_stage_name(follows), follows, account)
    if branch:
        raise Invalid(f"A {kind} stage follows no branch: promotions come into it.", where="branch")
    stage = add_stage(session, actor, app, name, "", account, kind=kind)
    end_what_leads_nowhere(session, engine, app.id, f"{stage.name} is a {kind} stage now")
    return stage
