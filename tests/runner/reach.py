"""Tried from inside of a command: each argument is a place, each answer a line. Python alone."""

import os
import socket
import sys
import threading


def reach(place: str) -> str:
    kind, _, rest = place.partition(":")
    if kind == "tcp":
        host, _, port = rest.rpartition(":")
        with socket.create_connection((host, int(port)), 10) as there:
            say_and_hear(there)
    elif kind == "unix":
        with socket.socket(socket.AF_UNIX) as there:
            there.connect("\0" + rest)
            say_and_hear(there)
    elif kind == "name":
        socket.getaddrinfo(rest, 443)
    elif kind == "itself":
        with socket.create_server(("127.0.0.1", 0)) as own:
            socket.create_connection(own.getsockname(), 5).close()
    elif kind == "who":
        return rest
    elif kind == "interface":
        import fcntl
        import struct

        with socket.socket() as any_socket:  # takes loopback down
            fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0))
    elif kind == "raw":
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    elif kind == "much":
        host, port, size = rest.split(":")
        return f"{much(host, int(port), int(size))} came back"
    return "reached"


def say_and_hear(there: socket.socket) -> None:
    there.sendall(b"GET / HTTP/1.0\r\n\r\n")
    if there.recv(5) == b"":
        raise OSError("closed")


def much(host: str, port: int, size: int) -> int | str:
    sent = os.urandom(size)
    with socket.create_connection((host, port)) as there:
        sender = threading.Thread(target=lambda: (there.sendall(sent), there.shutdown(socket.SHUT_WR)))
        sender.start()
        came = bytearray()
        while chunk := there.recv(1 << 20):
            came += chunk
        sender.join()
    return len(came) if bytes(came) == sent else "other bytes"


for place in sys.argv[1:]:
    try:
        print(reach(place), flush=True)
    except OSError as error:
        print("not reached:", error, flush=True)
