"""Every page of an app, as somebody who follows its links would see them."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urldefrag

from starlette.testclient import TestClient

HREF = re.compile(r'href="(/[^"]*)"')
MOST = 60


def visit(client: TestClient, slug: str) -> list[str]:
    """What did not answer with a page: `GET address: status`. Nothing where the app is gone."""
    first = f"/apps/{slug}"
    if client.get(first).status_code == 404:
        return []
    seen, waiting, wrong = {first}, deque([first]), []
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        if answer.status_code >= 400:
            wrong.append(f"GET {address}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in HREF.findall(answer.text):
            target = urldefrag(link.replace("&amp;", "&")).url
            ours = target.startswith((f"{first}/", "/promotions/", "/removals/"))
            if ours and target not in seen and len(seen) < MOST:
                seen.add(target)
                waiting.append(target)
    return wrong
