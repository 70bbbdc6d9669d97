"""The JSON schema of `seed.yml`, for editors: they bring no cookie, and it is as public as the documentation."""

from __future__ import annotations

import json

from fastapi import APIRouter
from fastapi.responses import Response

from seed import spec

ADDRESS = "/seed.schema.json"
router = APIRouter()


@router.get(ADDRESS)
def show() -> Response:
    text = json.dumps(spec.schema(), indent=2) + "\n"
    return Response(text, media_type="application/json", headers={"Cache-Control": "public, max-age=3600"})
