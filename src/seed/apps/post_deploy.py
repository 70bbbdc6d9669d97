"""Set what a stage runs once after all of its services were deployed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.audit.record import record
from seed.db.base import ring
from seed.errors import Invalid
from seed.people.actor import Actor
from seed.spec.keys import LONGEST_COMMAND, MOST_COMMANDS


def set_post_deploy(session: Session, actor: Actor, stage: Stage, commands: Sequence[str]) -> None:
    """One command a line; blank ones are left out. None of them: nothing runs."""
    actor.must("admin")
    wanted = [command.strip() for command in commands if command.strip()]
    if len(wanted) > MOST_COMMANDS:
        raise Invalid(
            f"{len(wanted)} commands are too many; {MOST_COMMANDS} at most.",
            hint="Put them in a script.",
            where="post_deploy",
        )
    for number, command in enumerate(wanted, 1):
        if len(command) > LONGEST_COMMAND:
            raise Invalid(f"Command {number} is longer than {LONGEST_COMMAND} characters.", where="post_deploy")
        if not command.isprintable() and not command.replace("\t", " ").isprintable():
            raise Invalid(
                f"Command {number} has a character that is no text.", hint="One command a line.", where="post_deploy"
            )
    row = session.get_one(Stage, stage.id)
    row.post_deploy = "\n".join(wanted)
    record(session, actor.name, "stage.post_deploy", row.name, app_id=row.app_id, commands=len(wanted))
    ring(session, f"app:{row.app_id}")
