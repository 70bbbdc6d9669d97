"""Every page of an app, as somebody who follows its links would see them."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urldefrag

from httpx2 import Response
from starlette.testclient import TestClient

HREF = re.compile(r'href="(/[^"]*)"')
MOST = 60
ASKS_THE_REPOSITORY = "/services/check"
"""A test may have broken that; the page then says so, as not found."""


def pages(client: TestClient, slug: str, but: str = "nothing") -> dict[str, Response]:
    """Address → answer, of all `but` those that end so. Nothing where the app is gone."""
    first = f"/apps/{slug}"
    found: dict[str, Response] = {}
    waiting = deque([first])
    while waiting and len(found) < MOST:
        address = waiting.popleft()
        if address in found:
            continue
        answer = client.get(address)
        if address == first and answer.status_code == 404:
            return {}
        found[address] = answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            targets = (urldefrag(link.replace("&amp;", "&")).url for link in HREF.findall(answer.text))
            ours = [one for one in targets if one.startswith((f"{first}/", "/promotions/", "/removals/"))]
            waiting += [one for one in ours if not one.endswith(but)]
    return found


def broken(client: TestClient, slug: str) -> list[str]:
    """The pages that are none: `GET address: status`."""
    answers = pages(client, slug, but=ASKS_THE_REPOSITORY).items()
    return [f"GET {address}: {answer.status_code}" for address, answer in answers if answer.status_code >= 400]


def described(client: TestClient) -> list[str]:
    """Every GET that the API describes, but for the one answer that is there to show its secret, and those of a removal."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [path for path, verbs in paths.items() if "get" in verbs and not path.endswith("/webhook")
            and "{removal_id}" not in path]  # fmt: skip
