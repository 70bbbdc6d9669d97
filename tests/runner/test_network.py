"""What a command reaches: nothing of this machine, its neighbours or its cloud, but what the setting opens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runner.reaching import TRY, listening
from tests.support.waiting import eventually

from seed.work.runner import Command, LocalRunner, Network, NetworkNotClosed, is_note
from seed.work.runner.network.setting import Mode

MEGABYTE = 1 << 20


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "work"
    folder.mkdir(parents=True)
    return folder


def reached(work: Path, network: Network, *places: str, near: tuple[str, ...] = (), alone: bool = False) -> list[str]:
    """The answer for each place: "reached", or why not; and notes of the relay between them."""
    runner = LocalRunner(work.parent / "runs", network=network, near=lambda: near)
    lines: list[str] = []
    ended = runner.run(
        Command(("python3", "-I", "-c", TRY, *places), work, writable=(work,), timeout=60, network=not alone),
        lines.append,
    )
    assert ended.ok, lines
    return lines


def place(address: str) -> str:
    return address.removeprefix("tcp:")


SERVICES = [
    pytest.param(socket.AF_INET, "127.0.0.1", id="IPv4"),
    pytest.param(socket.AF_INET6, "::1", id="IPv6"),
    pytest.param(socket.AF_UNIX, f"\0seed-test-{os.getpid()}", id="abstract"),
]


@pytest.mark.parametrize(("family", "address"), SERVICES)
@pytest.mark.parametrize("mode", ["internet", "none"])
def test_a_service_of_this_machine_is_not_reached(work: Path, family: int, address: str, mode: Mode) -> None:
    with listening(socket.AddressFamily(family), address) as service:
        assert reached(work, Network("all"), service) == ["reached"]
        (answer,) = reached(work, Network(mode), service)
    assert answer.startswith("not reached")


def notes(work: Path, network: Network, count: int, *places: str) -> list[str]:
    """What the log says of these places, which the command tries one after the other; it is ended when all is said."""
    runner, lines = LocalRunner(work.parent / "runs", network=network), list[str]()
    waits = "import signal; signal.pause()"
    command = Command(("python3", "-I", "-c", f"{TRY}\n{waits}", *places), work, writable=(work,), timeout=60)
    ended = runner.run(command, lines.append, lambda: sum(map(is_note, lines)) >= count)
    assert ended.ending == "cancelled", lines
    assert not any(line.startswith("reached") for line in lines)
    return [line for line in lines if is_note(line)]


@pytest.mark.parametrize("mode", ["internet", "none"])
def test_the_clouds_own_and_private_addresses_are_closed_and_the_log_says_so(work: Path, mode: Mode) -> None:
    places = ["169.254.169.254:80", "10.0.0.1:443", "172.16.0.1:22", "192.168.1.1:80"]

    told = notes(work, Network(mode, ("*:9999",)), len(places), *(f"tcp:{one}" for one in places))

    assert {note[1:].split()[0] for note in told} == set(places)


@pytest.mark.parametrize("mode", ["internet", "none"])
def test_a_port_that_is_not_listed_is_refused_at_once_and_told_once_with_what_opens_it(work: Path, mode: Mode) -> None:
    told = notes(work, Network(mode), 2, "tcp:10.1.2.3:4873", "tcp:10.1.2.3:4873", "tcp:203.0.113.1:5432")

    assert told == [
        f"[{one} is closed to builds: SEED_BUILD_NETWORK_ALLOW={one} opens it, or its name]"
        for one in ("10.1.2.3:4873", "203.0.113.1:5432")
    ]


@pytest.mark.parametrize("port", [80, 1234])
def test_where_a_cloud_keeps_its_credentials_no_setting_is_named(work: Path, port: int) -> None:
    (told,) = notes(work, Network("internet"), 1, f"tcp:169.254.169.254:{port}")

    assert told == f"[169.254.169.254:{port} is closed to builds: nothing opens it]"


def test_a_connection_that_its_own_server_resets_is_no_refusal(work: Path) -> None:
    script = (
        "import socket, struct\n"
        "with socket.create_server(('192.0.2.1', 0)) as own:\n"
        "    there = socket.create_connection(own.getsockname())\n"
        "    here, _ = own.accept()\n"
        "    here.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))\n"
        "    here.close()\n"
        "    try:\n"
        "        there.recv(1)\n"
        "    except ConnectionResetError:\n"
        "        print('reset')\n"
    )
    lines: list[str] = []

    LocalRunner(work.parent / "runs").run(
        Command(("python3", "-I", "-c", script), work, writable=(work,)), lines.append
    )

    assert lines == ["reset"]


def test_the_machines_own_addresses_are_closed_whatever_they_are(work: Path) -> None:
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    if not own:
        pytest.skip("this machine has no address but loopback")

    lines = reached(work, Network("internet", ("*:9998",)), *(f"tcp:{one}:9998" for one in own))

    assert sum("is closed to builds" in line for line in lines) == len(own)


@pytest.mark.parametrize("mode", ["internet", "none"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.0/8"])
def test_a_place_that_the_operator_names_is_reached_and_only_that(work: Path, mode: Mode, host: str) -> None:
    with listening(socket.AF_INET, "127.0.0.1") as named, listening(socket.AF_INET, "127.0.0.1") as other:
        port = named.rpartition(":")[2]
        network = Network(mode, (f"{host}:{port}",))

        first, second = reached(work, network, named, other)

    assert first == "reached"
    assert second.startswith("not reached")


def test_a_place_in_ipv6_can_be_named(work: Path) -> None:
    with listening(socket.AF_INET6, "::1") as named:
        assert reached(work, Network("none", (f"[::1]:{named.rpartition(':')[2]}",)), named) == ["reached"]


def test_seeds_own_doors_are_asked_for_at_each_command(work: Path) -> None:
    with listening(socket.AF_INET, "127.0.0.1") as service:
        assert reached(work, Network("none"), service, near=(place(service),)) == ["reached"]
        assert reached(work, Network("none"), service)[0].startswith("not reached")


def test_much_is_carried_whole_and_in_both_directions(work: Path) -> None:
    with listening(socket.AF_INET, "127.0.0.1") as service:
        lines = reached(work, Network("none", (place(service),)), f"much:{place(service)}:{20 * MEGABYTE}")

    assert lines == [f"{20 * MEGABYTE} came back"]


def test_what_a_command_serves_to_itself_is_its_own(work: Path) -> None:
    assert reached(work, Network("none"), "itself") == ["reached"]


def test_closed_is_no_name_looked_up(work: Path) -> None:
    (answer,) = reached(work, Network("none"), "name:example.com")

    assert answer.startswith("not reached")


def test_a_command_that_needs_no_network_has_none_not_even_the_doors(work: Path) -> None:
    with listening(socket.AF_INET, "127.0.0.1") as service:
        (answer,) = reached(work, Network("internet", (place(service),)), service, alone=True)

    assert answer.startswith("not reached")


def test_a_command_has_no_rights_over_its_network(work: Path) -> None:
    assert all(line.startswith("not reached") for line in reached(work, Network("internet"), "interface", "raw"))


def test_the_relay_ends_with_its_command_and_with_a_killed_server(work: Path) -> None:
    door = "127.0.0.1:64999"
    runner = LocalRunner(work.parent / "runs", network=Network("none", (door,)))
    seen: list[list[str]] = []

    def cancelled() -> bool:
        seen.append(_with(door))
        return (work / "begun").exists()

    sleeping = ("sh", "-c", "touch begun; sleep 300")
    assert runner.run(Command(sleeping, work, writable=(work,)), print, cancelled).ending == "cancelled"
    assert any(seen)
    eventually(lambda: not _with(door), "the relay's end", 5)

    (work / "begun").unlink()
    program = (
        "from pathlib import Path; from seed.work.runner import *; import sys; w = Path(sys.argv[1]);"
        "LocalRunner(Path(sys.argv[2]), network=Network('none', ('127.0.0.1:' + '64999',)))"
        f".run(Command({sleeping!r}, w, writable=(w,)), print)"
    )
    server = subprocess.Popen([sys.executable, "-c", program, str(work), str(work.parent / "runs")])
    eventually((work / "begun").exists, "the command's start", 20)
    assert _with(door)
    server.send_signal(signal.SIGKILL)
    server.wait()
    eventually(lambda: not _with(door), "the relay's end", 5)


def _with(word: str) -> list[str]:
    """Processes with this word among their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_where_it_cannot_be_kept_and_was_asked_for_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(NetworkNotClosed):
        LocalRunner(tmp_path, "none", network=Network("none", demanded=True))

    assert LocalRunner(tmp_path, "none").network == "all"
    assert LocalRunner(tmp_path, network=Network("all", demanded=True)).network == "all"


def test_a_server_without_the_rights_of_root_closes_it_too(work: Path) -> None:
    """As any user of the machine does: in a user namespace."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("not root, or no setpriv: then all tests here show it")
    with listening(socket.AF_INET, "127.0.0.1") as named, listening(socket.AF_INET, "127.0.0.1") as other:
        program = (
            "from pathlib import Path; from seed.work.runner import *; import sys; w = Path(sys.argv[1]);"
            "r = LocalRunner(w.parent / 'runs', 'bubblewrap', network=Network('internet', (sys.argv[2][4:],)));"
            "r.run(Command(('python3', '-I', '-c', *sys.argv[4:], *sys.argv[2:4], 'interface'), w, writable=(w,)), print)"
        )
        without = ("setpriv", "--bounding-set", "-sys_admin,-net_admin", sys.executable, "-c", program)
        done = subprocess.run([*without, str(work), named, other, TRY], capture_output=True, text=True, check=True)

    answers = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert answers == ["reached", "not reached", "not reached"], done
