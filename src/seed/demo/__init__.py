"""The demo: a sample app taken from its first push to a review with something dangerous in it."""

from seed.demo.main import main

__all__ = ["main"]
