"""What is said when something is wrong."""

from __future__ import annotations

from seed.api.shapes.base import Shape


class ErrorBody(Shape):
    code: str
    sentence: str
    hint: str = ""
    where: str = ""


class ErrorAnswer(Shape):
    error: ErrorBody
