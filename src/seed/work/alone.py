"""One at a time for each key, within this process. A key is forgotten when nobody holds it or waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary


class Alone:
    """`with alone("package 7"):` waits for whoever is at the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    @contextmanager
    def __call__(self, key: str) -> Iterator[None]:
        with self._lock:
            lock = self._keys.setdefault(key, threading.Lock())
        with lock:
            yield
