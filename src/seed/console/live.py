"""What makes a page live: one stream that says "look again", and carries log lines while they are written.

A page that hears "look" asks for itself anew and takes over what is different. Lines carry a cursor as the
event's id, so that a stream that broke goes on after the last line that arrived.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from seed.apps.find import app_of
from seed.apps.records import App
from seed.builds.find import build_of
from seed.builds.records import Build
from seed.console.ansi import Segment, segments
from seed.console.deps import TheActor, TheWorld, known_id
from seed.errors import NotFound
from seed.people.actor import Actor
from seed.promotions.find import promotion_of
from seed.removals.ask import removal_of
from seed.work.logs import stream
from seed.work.logs.log import LogLine, LogReader
from seed.work.world import World

router = APIRouter()
MOST_TOPICS = 10
LONGEST_NUMBER = 15
LINES_AN_EVENT = 2000


@router.get("/live")
def live(
    world: TheWorld, actor: TheActor, topics: Annotated[str, Query(min_length=1, max_length=400)]
) -> StreamingResponse:
    wanted = tuple(topics.split(","))[:MOST_TOPICS]
    with world.database.read() as session:
        for topic in wanted:
            _may_hear(session, actor, topic)
    return answer(stream.rings(world, wanted))


def answer(events: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def follow_logs(
    world: World, topics: tuple[str, ...], readers: Mapping[str, LogReader], ended: Callable[[], bool], last: str
) -> AsyncIterator[str]:
    """The event `lines` for each batch of a log, by its key; the event `look` when a topic rings."""
    at = cursor(last)
    seen = world.bell.count(topics)
    quiet = time.monotonic()
    over = False
    yield ": here\n\n"
    while not world.bell.closed:
        count = world.bell.count(topics)
        # Asked before reading: what is written before a build ends is read after.
        done = over or await asyncio.to_thread(ended)
        batches = [] if over else await asyncio.to_thread(_poll, readers)
        for key, lines in batches:
            at[key] = lines[-1].number
            data = json.dumps({"log": key, "lines": [as_json(line) for line in lines]}, ensure_ascii=False)
            yield f"id: {_joined(at)}\nevent: lines\ndata: {data}\n\n"
        over = done and not batches
        if count != seen:
            seen = count
            yield "event: look\ndata: {}\n\n"
        elif not batches and time.monotonic() - quiet > stream.PING_SECONDS:
            quiet = time.monotonic()
            yield ": still here\n\n"
        if not batches:
            await asyncio.sleep(stream.POLL_SECONDS)


def cursor(text: str) -> dict[str, int]:
    """`s12:40,p3:7` → how far each log has arrived."""
    found = {}
    for part in text.split(","):
        key, _, number = part.partition(":")
        if key and number.isdecimal() and len(number) <= LONGEST_NUMBER:
            found[key] = int(number)
    return found


def as_json(line: LogLine) -> tuple[int, str, str, str | list[Segment]]:
    """(number, time, step, text), the text in segments where it has colours."""
    parts = segments(line.text)
    plain = not parts or (len(parts) == 1 and not parts[0][0])
    return line.number, line.at, line.step, (parts[0][1] if parts else "") if plain else parts


def _joined(at: Mapping[str, int]) -> str:
    return ",".join(f"{key}:{number}" for key, number in at.items())


def _poll(readers: Mapping[str, LogReader]) -> list[tuple[str, list[LogLine]]]:
    found = []
    for key, reader in readers.items():
        lines = reader.poll()
        found += [(key, lines[i : i + LINES_AN_EVENT]) for i in range(0, len(lines), LINES_AN_EVENT)]
    return found


def _may_hear(session: Session, actor: Actor, topic: str) -> None:
    """A topic is heard by those who may see the thing."""
    kind, _, number = topic.partition(":")
    if topic in {"apps", "activity"}:
        actor.must("read")
        return
    identity = known_id(int(number)) if number.isdecimal() and len(number) <= LONGEST_NUMBER else 0
    if kind == "promotion":
        promotion_of(session, actor, identity)
    elif kind == "removal":
        removal_of(session, actor, identity)
    elif kind == "app" and (app := session.get(App, identity)):
        app_of(session, actor, app.slug)
    elif kind == "build" and (build := session.get(Build, identity)):
        build_of(session, actor, build.stage.app.slug, build.stage.name, build.number)
    else:
        raise NotFound(f"There is nothing to hear of {topic[:40]!r}.")
