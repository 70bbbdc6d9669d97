"""Connections that the command's own network refuses, because nobody listens at that port: heard by their resets.

A filter of the kernel lets nothing else through: IPv4 or IPv6, TCP, RST and ACK, sequence number 0, which is the
answer to a first packet alone and never the end of a connection that stood.
"""

from __future__ import annotations

import _socket as socket
import ctypes
import struct

EVERY_PROTOCOL = 3
ATTACH_FILTER = 26
MOST = 128
TCP, REFUSED = 6, 0x14
FOUR, SIX = 4, 6
HEADER_6 = 40
DROP, TAKE = 19, 18
# Instructions of the classic packet filter: code, where to when true, when false, operand.
BYTE, WORD, SHIFT, EQUAL, LENGTH, BYTE_BEHIND, WORD_BEHIND, RETURN = 0x30, 0x20, 0x74, 0x15, 0xB1, 0x50, 0x40, 0x06
PROGRAM = (
    (BYTE, None, 0), (SHIFT, None, 4),
    (EQUAL, (3, 11), FOUR),
    (BYTE, None, 9), (EQUAL, (5, DROP), TCP), (LENGTH, None, 0),
    (BYTE_BEHIND, None, 13), (EQUAL, (8, DROP), REFUSED), (WORD_BEHIND, None, 4), (EQUAL, (TAKE, DROP), 0),
    (RETURN, None, 0),
    (EQUAL, (12, DROP), SIX),
    (BYTE, None, 6), (EQUAL, (14, DROP), TCP),
    (BYTE, None, HEADER_6 + 13), (EQUAL, (16, DROP), REFUSED), (WORD, None, HEADER_6 + 4), (EQUAL, (TAKE, DROP), 0),
    (RETURN, None, MOST), (RETURN, None, 0),
)  # fmt: skip


def hears_refusals() -> socket.socket | None:
    """In the namespace of the caller. None where the kernel does not let it: then refusals go untold."""
    code = b"".join(_instruction(at, *one) for at, one in enumerate(PROGRAM))
    kept = ctypes.create_string_buffer(code)
    try:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        made.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HP", len(PROGRAM), ctypes.addressof(kept)))
        made.bind(("lo", EVERY_PROTOCOL))
    except OSError:
        return None
    return made


def place_of(packet: bytes) -> tuple[str, int]:
    """Who has refused: the address and port that were asked for."""
    if packet[0] >> 4 == FOUR:
        behind, address = (packet[0] & 15) * 4, socket.inet_ntop(socket.AF_INET, packet[12:16])
    else:
        behind, address = HEADER_6, socket.inet_ntop(socket.AF_INET6, packet[8:24])
    (port,) = struct.unpack_from("!H", packet, behind)
    return address, port


def _instruction(at: int, code: int, to: tuple[int, int] | None, operand: int) -> bytes:
    true, false = to or (at + 1, at + 1)
    return struct.pack("HBBI", code, true - at - 1, false - at - 1, operand)
