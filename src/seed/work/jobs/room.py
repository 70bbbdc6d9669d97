"""A job that could not even write down how it went, the disk being full, is begun again once there may be room."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import structlog

from seed.db.base import no_room
from seed.errors import Stopping

SECONDS = 5.0
log = structlog.get_logger(__name__)


def until_there_is_room(run: Callable[[], None], stopping: Event, seconds: float = SECONDS) -> None:
    """As after a crash: whatever a job does may be done twice."""
    while True:
        try:
            run()
        except Exception as error:
            if not no_room(error):
                raise
            log.warning("no room on the disk", error=str(error), again_in_seconds=seconds)
        else:
            return
        if stopping.wait(seconds):
            raise Stopping
