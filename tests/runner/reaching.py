"""A program that tries to reach places, and something that listens there."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRY = Path(__file__).with_name("reach.py").read_text()


@contextmanager
def listening(family: socket.AddressFamily, address: str) -> Iterator[str]:
    """A service that sends back what it is sent; its place as `reach.py` takes it."""
    with socket.socket(family) as service:
        service.bind(address if family == socket.AF_UNIX else (address, 0))
        service.listen()
        threading.Thread(target=_serve, args=(service,), daemon=True).start()
        yield f"unix:{address[1:]}" if family == socket.AF_UNIX else f"tcp:{address}:{service.getsockname()[1]}"
        service.shutdown(socket.SHUT_RDWR)  # or accepting holds it


def _serve(service: socket.socket) -> None:
    try:
        while True:
            connection, _ = service.accept()
            threading.Thread(target=_echo, args=(connection,), daemon=True).start()
    except OSError:
        return


def _echo(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while chunk := connection.recv(65536):
            connection.sendall(chunk)
        connection.shutdown(socket.SHUT_WR)
