"""Shut a process into a network of its own, with a relay at the edge. Called once, just before the program it becomes.

The process moves to a new network namespace, where every address is the machine itself: a connection to anywhere
ends at a listener there, whose side of it is named after where it was to go. A child that stayed behind in the
machine's network has those listeners and decides (`relay.py`). Nothing else leads out: no interface, no packet, no
abstract socket. The program gets no rights over the namespace. Needs no other program and no right of root.
"""

from __future__ import annotations

# Not `socket`: loading it takes 5 ms, which every command would wait for. The relay does that beside it.
import _socket as socket
import ctypes
import os
import struct

from .refused import hears_refusals

DIE_WITH_PARENT, KILL, NEW_USER, NEW_NETWORK = 1, 9, 0x10000000, 0x40000000
NOT_PERMITTED = 1
LOOPBACK = 1
UP = 1
DNS = 53
OWN = "192.0.2.1"
"""An address that is not loopback: without one, resolvers take the machine to have no IPv4."""
OWN_6 = "2001:db8::1"
SOMEWHERE_6 = "2600::1"
# The words of rtnetlink.
NEW_LINK, NEW_ADDRESS, NEW_ROUTE, ACKNOWLEDGE, CREATE = 16, 20, 24, 5, 0x400
MAIN_TABLE, BY_BOOT, TO_HOST, LOCAL = 254, 3, 254, 2
LOCAL_ADDRESS, OUT = 2, 4


def shut(mode: str, ports: str, doors: str) -> None:
    """Returns in the new namespace. `ports`: where listeners are wanted; `doors`: what the relay lets through."""
    libc = ctypes.CDLL(None, use_errno=True)
    above = os.getppid()
    ours, theirs = socket.socketpair()
    six = _reaches_6()
    pid = os.getpid()
    if os.fork() == 0:
        ours.close()
        _relay(libc, pid, theirs, mode, doors)
    theirs.close()
    _enter(libc)
    # Another user namespace takes this away.
    libc.prctl(DIE_WITH_PARENT, KILL)
    if os.getppid() != above:
        os._exit(1)
    _every_address_is_here(six=six)
    listeners = [_listener(int(port), six=six) for port in ports.split(",") if port]
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", DNS))
    refusals = hears_refusals()
    handed = (names, *([refusals] if refusals else []), *listeners)
    numbers = struct.pack(f"{len(handed)}i", *(one.fileno() for one in handed))
    ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
    for one in (ours, *handed):
        one.close()


def _relay(libc: ctypes.CDLL, parent: int, theirs: socket.socket, mode: str, doors: str) -> None:
    """The child: it keeps stderr, for notes in the command's output, and nothing else of its parent."""
    try:
        libc.prctl(DIE_WITH_PARENT, KILL)
        if os.getppid() != parent:
            return
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        kept = theirs.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, min(1 << 16, os.sysconf("SC_OPEN_MAX")))
        from .relay import serve

        serve(theirs.detach(), mode, doors)
    finally:
        os._exit(1)


def _enter(libc: ctypes.CDLL) -> None:
    if libc.unshare(NEW_NETWORK) == 0:
        return
    if ctypes.get_errno() != NOT_PERMITTED:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(NEW_USER | NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123, pathlib takes time to load
            file.write(text)


def _every_address_is_here(*, six: bool) -> None:
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    _tell(kernel, NEW_LINK, 0, struct.pack("BxHiII", 0, 0, LOOPBACK, UP, UP))
    for family, own in ((socket.AF_INET, OWN), (socket.AF_INET6, OWN_6))[: 1 + six]:
        address = socket.inet_pton(family, own)
        head = struct.pack("BBBBi", family, len(address) * 8, 0, 0, LOOPBACK)
        _tell(kernel, NEW_ADDRESS, CREATE, head + _attribute(LOCAL_ADDRESS, address))
        head = struct.pack("BBBBBBBBI", family, 0, 0, 0, MAIN_TABLE, BY_BOOT, TO_HOST, LOCAL, 0)
        _tell(kernel, NEW_ROUTE, CREATE, head + _attribute(OUT, struct.pack("i", LOOPBACK)))
    kernel.close()


def _tell(kernel: socket.socket, kind: int, flags: int, body: bytes) -> None:
    kernel.send(struct.pack("IHHII", 16 + len(body), kind, ACKNOWLEDGE | flags, 1, 0) + body)
    answer = kernel.recv(4096)
    (error,) = struct.unpack_from("i", answer, 16)
    if error:
        raise OSError(-error, os.strerror(-error))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("HH", 4 + len(value), kind) + value


def _listener(port: int, *, six: bool) -> socket.socket:
    """Bound, and heard by the relay."""
    made = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    if six:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind(("", port))
    made.listen(256)
    return made


def _reaches_6() -> bool:
    """Whether this machine has a way to IPv6 addresses outside. No packet is sent for the answer."""
    try:
        asked = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        asked.connect((SOMEWHERE_6, DNS))
        asked.close()
    except OSError:
        return False
    return True
