"""The edge of a command's network: takes what the command connects to, and connects it where the rules allow.

It stays in the machine's network, with listeners of the command's namespace in its hands, and ends with the command.
A connection is two threads that copy; there is a limit to them, so that a build only stands in its own way.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from .notes import CLOSED
from .refused import MOST, place_of
from .rules import Rules, is_loopback, is_never, parsed

MOST_AT_ONCE = 256
MOST_HANDED = 253
MOST_NOTES = 20
CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 5.0
CHUNK = 1 << 16
DATAGRAM = 65_535
REFUSED = 5
DNS_HEADER = 12
DNS = 53


def serve(handed_by: int, mode: str, doors: str) -> None:
    """Until it is ended. First of what it is handed is what hears questions for names, by UDP; then perhaps what hears
    refusals; then listeners.
    """
    with socket.socket(fileno=handed_by) as parent:
        names, *listeners = [socket.socket(fileno=one) for one in socket.recv_fds(parent, 1, MOST_HANDED)[1]]
    rules = Rules(map(parsed, filter(None, doors.split(","))), _addresses, _is_own, outside=mode == "internet")
    relay = _Relay(rules)
    for one in listeners:
        work = relay.hear if one.family == socket.AF_PACKET else relay.take
        threading.Thread(target=work, args=(one,), daemon=True).start()
    relay.answer(names)


class _Relay:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._noted: set[str] = set()
        self._noting = threading.Lock()

    def take(self, listener: socket.socket) -> None:
        while True:
            with contextlib.suppress(OSError):
                inner, _ = listener.accept()
                self._begin(self._carry, inner)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        """In a thread of its own, once there is room."""
        self._room.acquire()
        try:
            threading.Thread(target=self._then_leave, args=(work, *arguments), daemon=True).start()
        except RuntimeError:  # the machine has no thread left: this one is dropped, the next may find one
            self._room.release()

    def _then_leave(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            work(*arguments)
        finally:
            self._room.release()

    def _carry(self, inner: socket.socket) -> None:
        with inner, contextlib.suppress(OSError):
            # Unless it is carried it is reset, not ended: nobody takes that for an empty answer.
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            outer = self._connected(inner)
            if outer is None:
                return
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
            with outer:
                back = threading.Thread(target=_copy, args=(outer, inner), daemon=True)
                back.start()
                _copy(inner, outer)
                back.join()

    def _connected(self, inner: socket.socket) -> socket.socket | None:
        address, port = inner.getsockname()[:2]
        resolver = next(_resolvers(), None) if port == DNS and self._rules.outside else None
        if resolver is not None:
            address = resolver
        elif not self._rules.may(address, port):
            self._note(address, port)
            return None
        outer = socket.create_connection((address, port), CONNECT_SECONDS)
        outer.settimeout(None)
        for one in (inner, outer):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return outer

    def hear(self, refusals: socket.socket) -> None:
        """What nobody listens for. On loopback that is the command's own affair: its server may not be up yet."""
        while True:
            with contextlib.suppress(OSError):
                address, port = place_of(refusals.recv(MOST))
                if not is_loopback(address):
                    self._note(address, port)

    def _note(self, address: str, port: int) -> None:
        """In the command's own output, once for each place."""
        shown = address.removeprefix("::ffff:")
        place = f"[{shown}]:{port}" if ":" in shown else f"{shown}:{port}"
        with self._noting:
            if place in self._noted or len(self._noted) >= MOST_NOTES:
                return
            self._noted.add(place)
        opens = "nothing opens it" if is_never(address) else f"SEED_BUILD_NETWORK_ALLOW={place} opens it, or its name"
        os.write(2, f"[{place} {CLOSED}: {opens}]\n".encode())

    def answer(self, names: socket.socket) -> None:
        while True:
            with contextlib.suppress(OSError):
                question, asker = names.recvfrom(DATAGRAM)
                if len(question) <= DNS_HEADER:
                    continue
                if self._rules.may_ask(asked(question)):
                    self._begin(_ask, names, question, asker)
                else:
                    names.sendto(refusal(question), asker)


def _ask(names: socket.socket, question: bytes, asker: tuple[str, int]) -> None:
    for resolver in _resolvers():
        family = socket.AF_INET6 if ":" in resolver else socket.AF_INET
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as outer:
            outer.settimeout(ANSWER_SECONDS)
            outer.connect((resolver, DNS))
            outer.send(question)
            names.sendto(outer.recv(DATAGRAM), asker)
            return


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Until its end; then the other side hears that this was all."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
        return
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def asked(question: bytes) -> str:
    """The first name in it; "" where there is none."""
    labels, at = [], DNS_HEADER
    while at < len(question) and 0 < (length := question[at]) < 64:  # noqa: PLR2004, longer ones are pointers
        labels.append(question[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels)


def refusal(question: bytes) -> bytes:
    return question[:2] + bytes((question[2] | 0x80, (question[3] & 0xF0) | REFUSED)) + question[4:]


def _resolvers() -> Iterator[str]:
    """Those that this machine asks."""
    with contextlib.suppress(OSError):
        for line in Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace").splitlines():
            words = line.split()
            if len(words) > 1 and words[0] == "nameserver":
                yield words[1]


def _addresses(name: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_own(address: str) -> bool:
    """An address of this machine: it is spoken to from itself. No packet is sent for the answer."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((address, DNS))
        except OSError:
            return False
        return str(asked.getsockname()[0]) == address
