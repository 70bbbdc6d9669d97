"""The server itself."""

from __future__ import annotations

from seed.api.shapes.base import Shape


class Version(Shape):
    version: str


class Runner(Shape):
    name: str
    sandboxed: bool
    network: str
    """What builds reach, in the words of SEED_BUILD_NETWORK."""
    note: str
    """What a person must know who has not asked for it to be so."""


class Cache(Shape):
    """The counts are those since the server started."""

    name: str
    entries: int
    bytes: int
    most_bytes: int
    hits: int
    misses: int
    dropped: int
    evicted: int


class Rotated(Shape):
    values: int
