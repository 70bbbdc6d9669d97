"""`seed demo`: start Seed on this machine, tell the story, stop at the review; or, with --once, confirm it too."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from seed.apps.edit_app import set_poll_seconds
from seed.apps.find import app_of
from seed.demo.story import SLUG, Story, change_counts
from seed.errors import SeedError
from seed.people.actor import Actor
from seed.people.records import Person
from seed.people.sign_in import add_person, make_link
from seed.people.tokens import make_token
from seed.promotions.records import Promotion
from seed.server import Server, serve
from seed.settings import load
from seed.work.world import World

EMAIL, NAME = "demo@example.com", "Robin"
POLL_SECONDS = 2


def main(*, once: bool = False, data: Path | None = None, port: int | None = None) -> None:
    """Exits 0 or 1 with `once`; without it, stays up until Ctrl-C."""
    folder = (data or Path(".demo")).absolute()
    settings = load(data=folder / "seed", port=port if port is not None else (0 if once else 8000), aws="local")
    failed = threading.Event()

    def ready(server: Server, url: str) -> None:
        try:
            _tell(server, url, folder, once=once)
        except Exception as error:  # noqa: BLE001, the demo's own last word
            failed.set()
            _failed(error, once=once)
        if once:
            server.stop()
            os._exit(1 if failed.is_set() else 0)

    # Told to stop before its end, the story that was to be told once has failed.
    serve(settings, ready, stopped=1 if once else 0)


def _tell(server: Server, url: str, folder: Path, *, once: bool) -> None:
    began = time.monotonic()
    world = server.world
    say = _say if not once else _quiet
    say(f"Seed is up at {url}")
    actor = _robin(world)
    assert server.local is not None  # noqa: S101, the demo's settings ask for it
    story = Story(world, actor, folder / "shop", say, server.local.endpoint)
    review = story.tell()
    if once:
        done = story.confirm(review) if review.state == "review" else review
        _say(json.dumps(_summary(world, story, done, time.monotonic() - began), indent=2))
        return
    _stop_at(review, world, url, actor, folder, say)


def _summary(world: World, story: Story, done: Promotion, seconds: float) -> dict[str, object]:
    from seed.builds.records import Build

    with world.database.read() as session:
        builds = session.scalars(sa.select(Build).order_by(Build.id)).all()
        promotions = session.scalars(sa.select(Promotion).order_by(Promotion.id)).all()
        return {
            "builds": [{"stage": b.stage.name, "number": b.number, "state": b.state} for b in builds],
            "promotions": [{"id": p.id, "kind": p.kind, "state": p.state, "digest": p.digest} for p in promotions],
            "changes": change_counts(done),
            "seconds": {**story.seconds, "total": round(seconds, 2)},
        }


def _robin(world: World) -> Actor:
    with world.database.write() as session:
        person = session.scalar(sa.select(Person).where(Person.email == EMAIL))
        if person is None:
            person = add_person(session, EMAIL, NAME, os.urandom(12).hex())
        return Actor(person.id, person.name, "admin")


def _stop_at(review: Promotion, world: World, url: str, actor: Actor, folder: Path, say: Callable[[str], None]) -> None:
    from seed.work.promoting.review import headline_of

    with world.database.write() as session:
        # Not before: the story deploys its own commits.
        app = app_of(session, actor, SLUG)
        if not app.poll_seconds:
            set_poll_seconds(session, actor, app, POLL_SECONDS)
        link = make_link(session, "sign-in", actor.person_id)
        _, token = make_token(session, actor, name="demo", scope="admin", days=1)
    token_file = folder / "token"
    token_file.write_text(token)
    token_file.chmod(0o600)
    say("")
    waits = review.state == "review"
    say(f"Review waiting: {headline_of(review)}" if waits else f"The promotion to prod is {review.state} already.")
    say("")
    say(f"  Read it in the browser (signs you in, once):\n    {url}/link?key={link}&to=/promotions/{review.id}")
    say("")
    say("  Or in another terminal:")
    say(f"    export SEED_URL={url} SEED_TOKEN=$(cat {_short(token_file)})")
    say(f"    .venv/bin/seed promotion show {review.id}")
    if waits:
        say(f"    .venv/bin/seed promotion confirm {review.id} --digest {review.digest}")
        say(f"    .venv/bin/seed promotion reject {review.id} --reason 'keep the orders'")
    say("")
    say(f"  Commit something in {_short(folder / 'shop')}: Seed sees it within seconds and deploys it to dev.")
    say("")
    say("Ctrl-C stops Seed; starting it again finds everything as it was.")


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _failed(error: Exception, *, once: bool) -> None:
    said = error.as_dict() if isinstance(error, SeedError) else {"code": "internal", "sentence": repr(error)}
    if once:
        _say(json.dumps({"error": said}, indent=2))
    else:
        print(f"The demo stopped: {error}", file=sys.stderr, flush=True)  # noqa: T201, same


def _say(text: str) -> None:
    """Written at once: the process ends without looking back at what it still holds."""
    print(text, flush=True)  # noqa: T201, for the person at the terminal


def _quiet(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201, progress, beside the JSON
