"""Look into a body from outside: what is missing or of another kind is told with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from seed.errors import Invalid

FORM = "application/x-www-form-urlencoded"
LONGEST_TEXT = 5000


class WebhookNotReadable(Invalid):
    """A webhook's body is not what its forge describes."""

    code = "webhook-not-readable"


@dataclass(frozen=True, slots=True)
class Body:
    """An object of the body, and where it was found."""

    values: Mapping[str, Any]
    place: str = ""

    def part(self, name: str) -> Body:
        found = self.values.get(name)
        if not isinstance(found, dict):
            raise _not_readable(self._at(name), "an object")
        return Body(found, self._at(name))

    def maybe(self, name: str) -> Body:
        """An object that may be missing or null: then an empty one."""
        return Body({}, self._at(name)) if self.values.get(name) is None else self.part(name)

    def parts(self, name: str) -> list[Body]:
        found = self.values.get(name)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise _not_readable(self._at(name), "a list of objects")
        return [Body(one, f"{self._at(name)}.{index}") for index, one in enumerate(found)]

    def text(self, name: str, default: str | None = None) -> str:
        found = self.values.get(name)
        if found is None and default is not None:
            return default
        if not isinstance(found, str):
            raise _not_readable(self._at(name), "a text")
        return found[:LONGEST_TEXT]

    def number(self, name: str, default: int | None = None) -> int:
        found = self.values.get(name)
        if found is None and default is not None:
            return default
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**53:
            raise _not_readable(self._at(name), "a number")
        return found

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def at(self, name: str) -> datetime | None:
        """GitLab writes times in two ways."""
        text = self.text(name, "").replace(" UTC", "+00:00").replace("Z", "+00:00")
        try:
            found = datetime.fromisoformat(text) if text else None
        except ValueError:
            raise _not_readable(self._at(name), "a time") from None
        return found if found is None or found.tzinfo else None

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def read_body(raw: bytes, content_type: str = "") -> Body:
    """JSON, or a form with the JSON in `payload`, as GitHub sends it when it is told to."""
    try:
        if content_type.startswith(FORM):
            raw = parse_qs(raw.decode(), strict_parsing=True, max_num_fields=10)["payload"][0].encode()
        found = json.loads(raw)
    except (ValueError, KeyError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WebhookNotReadable(
            "The webhook's body is not a JSON object.", hint="Set the webhook's content type to application/json."
        )
    return Body(found)


def _not_readable(place: str, wanted: str) -> WebhookNotReadable:
    return WebhookNotReadable(
        f"The webhook's body has no {place}, or it is not {wanted}.",
        hint="Is this address the one for the forge that sends?",
        where=place,
    )
