"""Long answers go packed, where the browser takes that: over a slow line a long review would take ten seconds.

How long a packed answer is tells a little of what is in it: nothing that holds a secret goes this way.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

QUICK, BEST = 4, 9


def packed(
    request: Request, body: bytes, media_type: str, headers: Mapping[str, str], status: int = 200, *, kept: bool = False
) -> Response:
    """A page is made anew each time, and packed quickly; what never changes is packed well, and `kept`."""
    told = {**headers, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = _well(body) if kept else gzip.compress(body, QUICK, mtime=0)
        told["Content-Encoding"] = "gzip"
    return Response(body, status, told, media_type)


@lru_cache(maxsize=100)
def _well(body: bytes) -> bytes:
    return gzip.compress(body, BEST, mtime=0)
