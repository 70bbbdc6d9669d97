"""Check a build spec before it is pushed: what is wrong with it, and its schema for editors."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from seed import spec
from seed.api import shapes
from seed.api.deps import TheActor

router = APIRouter(tags=["build spec"])


@router.post("/lint")
def lint(actor: TheActor, asked: shapes.SpecText) -> list[shapes.SpecProblem]:
    """Everything that is wrong with a `seed.yml`, in the order of its lines; none: it is good."""
    actor.must("read")
    return [shapes.SpecProblem.model_validate(one, from_attributes=True) for one in spec.problems(asked.text)]


@router.get("/seed.schema.json")
def show_schema(actor: TheActor) -> dict[str, Any]:
    """The JSON schema of `seed.yml`."""
    actor.must("read")
    return spec.schema()
