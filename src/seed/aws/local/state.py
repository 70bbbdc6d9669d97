"""The local AWS's state on disk: a file for each service, as MiniStack reads them when it starts.

MiniStack's own writer takes three times as long, and nothing is answered meanwhile. Here what has not changed
since it was written is left as it is.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Reads = Callable[[], Any]
"""The state of one service as it is now; None where it has none to tell: what was kept of it stays."""

log = logging.getLogger(__name__)


class StateFolder:
    """`services` gives the services that are loaded by now."""

    def __init__(self, folder: Path, services: Callable[[], Mapping[str, Reads]]) -> None:
        self._folder, self._services = folder, services
        self._written: dict[str, str] = {}

    def write(self) -> None:
        """One service whose state cannot be written, or a full disk, does not end the local AWS."""
        for name, read in self._services().items():
            try:
                state = read()
                if state is not None:
                    self._keep(name, _spelled(name, state))
            except Exception:
                log.exception("the state of %s is not written", name)

    def _keep(self, name: str, text: str) -> None:
        file = self._folder / f"{name}.json"
        if self._written.get(name) == text and file.exists():
            return
        whole = file.with_suffix(".json.tmp")
        whole.write_text(text)
        whole.replace(file)
        self._written[name] = text


def of_ministack(folder: Path) -> StateFolder:
    from ministack.app import _build_persistence_save_dict

    return StateFolder(folder, _build_persistence_save_dict)


def _spelled(name: str, state: object) -> str:
    from ministack.core.persistence import _json_default, _state_format_version

    return json.dumps({"__ministack_format__": _state_format_version(name), "payload": state}, default=_json_default)
