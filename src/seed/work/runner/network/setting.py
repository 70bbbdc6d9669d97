"""What the operator has set about the network of builds, and how it is handed to the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from seed.work.runner.network.rules import OUTSIDE_PORTS, parsed

Mode = Literal["all", "internet", "none"]
MOST_DOORS = 100


@dataclass(frozen=True, slots=True)
class Network:
    """`all` is the machine's own network. `internet` and `none` are closed, but for the doors of `allow`."""

    mode: Mode = "internet"
    allow: tuple[str, ...] = ()
    demanded: bool = False
    """The operator asked for it: where it cannot be had, nothing starts."""

    @property
    def closed(self) -> bool:
        return self.mode != "all"


INTERNET = Network()


def gate_arguments(network: Network, near: Iterable[str]) -> tuple[str, str, str]:
    """Mode, ports and doors; `near` are doors of Seed's own."""
    doors = [*near, *network.allow]
    ports = {parsed(door)[1] for door in doors}
    if network.mode == "internet":
        ports |= {*OUTSIDE_PORTS, 53}
    return network.mode, ",".join(map(str, sorted(ports))), ",".join(doors)


def doors(text: str) -> tuple[str, ...]:
    """Of a list with commas; ValueError names the one that is wrong."""
    found = tuple(entry.strip() for entry in text.split(",") if entry.strip())
    for entry in found:
        parsed(entry)
    if len(found) > MOST_DOORS:
        raise ValueError(f"holds more than {MOST_DOORS} places")
    return found
