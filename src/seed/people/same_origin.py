"""Whether a browser's request comes from our own pages: by its headers, no tokens needed.

Browsers send Sec-Fetch-Site on every request; older ones send Origin with writes. A request with neither is
no browser's, and then it has no cookie that it did not mean to send.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def same_origin(headers: Mapping[str, str]) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == headers.get("host", "")
