"""A commit that asks in its message not to be built."""

MARKS = ("[skip ci]", "[ci skip]")


def asks_to_be_skipped(message: str) -> bool:
    return any(mark in message for mark in MARKS)
