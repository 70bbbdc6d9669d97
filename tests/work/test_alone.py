"""One at a time for each key."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from seed.work.alone import Alone


def test_one_at_a_time_for_a_key_and_keys_do_not_wait_for_each_other() -> None:
    alone, met = Alone(), threading.Barrier(2, timeout=10)
    inside: list[str] = []

    def enter(key: str) -> None:
        with alone(key):
            inside.append(key)
            met.wait()  # passes only when the other key is inside too
            assert inside.count(key) == 1
            inside.remove(key)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, ["a", "a", "b", "b"]))
    assert inside == []


def test_a_key_is_let_go_after_a_failure() -> None:
    alone = Alone()
    try:
        with alone("a"):
            raise ValueError
    except ValueError:
        pass

    with alone("a"):
        pass
