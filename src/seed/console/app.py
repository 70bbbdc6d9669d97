"""Put the console into the application: pages, static files, the live stream."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from seed.console import apps, builds, live, people, promotions
from seed.console.render import static_file


def install(app: FastAPI) -> None:
    router = APIRouter(include_in_schema=False)
    for part in (people, apps, builds, promotions, live):
        router.include_router(part.router)
    router.add_api_route("/static/{version}/{name}", static_file, methods=["GET"])
    app.include_router(router)
