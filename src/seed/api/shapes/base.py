"""What all answers and questions are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid")
