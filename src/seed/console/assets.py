"""Static files, kept in memory and cached for ever: their address carries a hash of all of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request, Response

from seed.console.packed import packed
from seed.errors import NotFound

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
# One hash for all, so that a script imports its neighbours by plain relative names.
VERSION = hashlib.sha256(b"".join(name.encode() + body for name, body in FILES.items())).hexdigest()[:12]
router = APIRouter()


def asset(name: str) -> str:
    """The address of a file; an unknown name is a mistake of ours and fails at once."""
    if name not in FILES:
        raise KeyError(name)
    return f"/static/{VERSION}/{name}"


@router.get("/static/{version}/{name}")
def file(request: Request, version: str, name: str) -> Response:
    if name not in FILES:
        raise NotFound(f"There is no file {name[:80]!r}.")
    kept = "public, max-age=31536000, immutable" if version == VERSION else "no-cache"
    return packed(request, FILES[name], TYPES[Path(name).suffix], {"Cache-Control": kept}, kept=True)


@router.get("/favicon.ico")
def favicon() -> Response:
    return Response(FILES["seed.svg"], media_type=TYPES[".svg"], headers={"Cache-Control": "max-age=86400"})
