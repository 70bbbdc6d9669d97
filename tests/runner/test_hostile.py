"""A build that means harm: what it tries, and that it does not succeed."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.waiting import eventually

from seed.work.runner import Command, Exit, Limits, LocalRunner
from seed.work.runner.sandbox import FolderReplaced

MB = 1024 * 1024
LIMITS = Limits(memory_mb=256, processes=40, disk_mb=64, output_mb=1, memory_total_mb=320, processes_total=60)
HOLD = "python3 -c \"x = bytearray({} * 1024 * 1024); print('held', flush=True); import time; time.sleep({})\""


@pytest.fixture
def runner(tmp_path: Path) -> LocalRunner:
    made = LocalRunner(tmp_path / "data" / "runs", limits=LIMITS)
    assert made.describe().sandboxed
    return made


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "work" / "build-1"
    folder.mkdir(parents=True)
    return folder


def run(runner: LocalRunner, work: Path, script: str, **more: object) -> tuple[Exit, list[str]]:
    lines: list[str] = []
    ended = runner.run(Command(("bash", "-c", script), work, writable=(work,), **more), lines.append)
    return ended, lines


def test_it_cannot_read_the_data_folder_its_keys_or_other_builds(
    runner: LocalRunner, work: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    (data / "key").write_text("the-key")
    (data / "seed.db").write_text("rows")
    (data / "work" / "build-2").mkdir()
    (data / "work" / "build-2" / "source.js").write_text("another build")

    for place in (
        data / "key",
        data / "seed.db",
        data / "work" / "build-2" / "source.js",
        Path("/root"),
        Path("/home"),
    ):
        ended, lines = run(runner, work, f"cat {place} || ls {place}/*")
        assert not ended.ok
        assert not any("the-key" in line or "another build" in line for line in lines)
    assert run(runner, work, f"ls {data}")[1] == ["runs", "work"]
    assert run(runner, work, f"ls {data}/work")[1] == ["build-1"]
    assert len(run(runner, work, f"ls {data}/runs")[1]) == 1


def test_it_cannot_read_the_servers_environment_or_see_its_processes(
    runner: LocalRunner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEED_SECRET_OF_THE_SERVER", "must-not-be-seen")
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        _, lines = run(runner, work, "cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'; env; kill -9 -1; true")
        assert not any("must-not-be-seen" in line for line in lines)
        assert not any(line == "sleep" for line in lines)
        assert not run(runner, work, f"kill -9 {sleeper.pid}")[0].ok
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_it_cannot_outlive_its_build(runner: LocalRunner, work: Path) -> None:
    script = "(setsid nohup bash -c 'touch here; while :; do date +%s%N > beat; done' >/dev/null 2>&1 &); until [ -e here ]; do :; done"

    assert run(runner, work, script)[0].ok

    def still() -> bool:
        before = (work / "beat").read_bytes() if (work / "beat").exists() else b""
        return not _of(work) and before == ((work / "beat").read_bytes() if (work / "beat").exists() else b"")

    eventually(still, "silence", 5)


def test_a_fork_bomb_ends_as_a_limit(runner: LocalRunner, work: Path) -> None:
    ended, _ = run(runner, work, "for i in $(seq 300); do sleep 300 & done; wait")

    assert ended.ending == "limit"
    assert "More than 40 processes" in ended.reason
    eventually(lambda: not _of(work), "the end of everything", 5)


def test_forking_without_end_ends_too(runner: LocalRunner, work: Path) -> None:
    ended, _ = run(runner, work, "f() { f | f & sleep 0.02; f; }; f", timeout=60)

    assert ended.ending == "limit"
    eventually(lambda: not _of(work), "the end of everything", 10)


def test_too_much_memory_ends_as_a_limit(runner: LocalRunner, work: Path) -> None:
    ended, _ = run(
        runner, work, 'python3 -c "x = bytearray(400 * 1024 * 1024); import time; time.sleep(60)"', timeout=50
    )

    assert ended.ending == "limit"
    assert "256 MB of memory" in ended.reason


def side_by_side(runner: LocalRunner, work: Path, other: Path, one: str, two: str) -> list[Exit]:
    """`one` in the build of `work`, then, once it has said something, `two` in the build of `other`."""
    begun = threading.Event()
    first = Command(("bash", "-c", one), work, writable=(work,), build=work)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(runner.run, first, lambda _line: begun.set())
        assert begun.wait(30)
        ended, _ = run(runner, other, two, build=other)
        return [waiting.result(), ended]


def test_the_commands_of_one_build_have_so_much_memory_together_and_the_largest_ends(
    runner: LocalRunner, work: Path
) -> None:
    large, small = side_by_side(runner, work, work, HOLD.format(200, 60), HOLD.format(150, 3))

    assert (large.ending, small.ending) == ("limit", "exited")
    assert "One build used more than 320 MB of memory" in large.reason


def test_two_builds_have_their_memory_each(runner: LocalRunner, work: Path) -> None:
    other = work.parent / "build-2"
    other.mkdir()

    ended = side_by_side(runner, work, other, HOLD.format(200, 4), HOLD.format(200, 2))

    assert [one.ending for one in ended] == ["exited", "exited"]


def test_the_commands_of_one_build_have_so_many_processes_together(runner: LocalRunner, work: Path) -> None:
    many = "for i in $(seq {}); do sleep 60 & done; echo begun; sleep {}; kill $(jobs -p)"

    more, fewer = side_by_side(runner, work, work, many.format(35, 60), many.format(30, 3))

    assert (more.ending, fewer.ending) == ("limit", "exited")
    assert "More than 60 processes of one build" in more.reason


def test_one_giant_file_cannot_be_written(runner: LocalRunner, work: Path) -> None:
    ended, _ = run(runner, work, "head -c 200M /dev/zero > big")

    assert not ended.ok
    assert (work / "big").stat().st_size <= LIMITS.disk_mb * MB


def test_many_files_cannot_fill_the_disk(runner: LocalRunner, work: Path) -> None:
    script = "for i in $(seq 100000); do head -c 8M /dev/zero > $i; sleep 0.05; [ $i -gt 60 ] && sleep 60; done"
    ended, _ = run(runner, work, script, timeout=50)

    assert ended.ending == "limit"
    assert "64 MB of disk" in ended.reason


def test_the_commands_of_one_build_have_one_disk_together(runner: LocalRunner, work: Path) -> None:
    other = work.parent / "build-2"
    other.mkdir()

    one, _ = run(runner, work, "head -c 40M /dev/zero > one", build=work)
    elsewhere, _ = run(runner, other, "head -c 40M /dev/zero > one", build=other)
    two, _ = run(runner, work, "head -c 40M /dev/zero > two", build=work)
    (work / "two").unlink()
    again, _ = run(runner, work, "true", build=work)

    assert (one.ending, elsewhere.ending, two.ending, again.ending) == ("exited", "exited", "limit", "exited")
    assert "64 MB of disk" in two.reason


def test_what_a_build_writes_outside_of_its_checkout_counts_too(runner: LocalRunner, work: Path) -> None:
    home = work.parent / "home"
    home.mkdir()

    one, _ = run(runner, work, "head -c 40M /dev/zero > $HOME/one", build=work, home=home)
    two, _ = run(runner, work, "head -c 40M /dev/zero > two", build=work)

    assert (one.ending, two.ending) == ("exited", "limit")


@pytest.mark.parametrize("place", ["/x", "/dev/x", "/run/x", "/etc/x", "/usr/x", "/proc/x"])
def test_nothing_else_can_be_written(runner: LocalRunner, work: Path, place: str) -> None:
    assert not run(runner, work, f"echo x > {place}")[0].ok


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm"])
def test_what_is_in_memory_is_bounded(tmp_path: Path, work: Path, place: str) -> None:
    roomy = LocalRunner(tmp_path / "data" / "runs")

    ended, lines = run(roomy, work, f"head -c 700M /dev/zero > {place}/x; stat -c %s {place}/x")

    assert ended.ok
    assert int(lines[-1]) <= 512 * MB


def test_a_link_in_the_place_of_a_folder_lets_nothing_out(runner: LocalRunner, work: Path, tmp_path: Path) -> None:
    secret = tmp_path / "data" / "others"
    secret.mkdir()
    (secret / "key").write_text("the-key")
    source = work / "source"
    source.mkdir()
    assert run(runner, work, f"rm -r source; ln -s {secret} source")[0].ok

    with pytest.raises(FolderReplaced):
        run(runner, source, "cat key")


def test_output_is_kept_up_to_its_limit_and_the_rest_is_dropped(runner: LocalRunner, work: Path) -> None:
    ended, lines = run(runner, work, "yes line | head -c 64M", timeout=120)

    assert ended.ok
    assert lines[-1] == "[output beyond 1 MB is dropped]"
    assert sum(map(len, lines)) < 2 * MB


def test_a_command_that_asks_for_input_gets_none(runner: LocalRunner, work: Path) -> None:
    assert not run(runner, work, "read -p 'Sure? ' answer")[0].ok


def test_without_network_no_loopback_service_is_reached(runner: LocalRunner, work: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
        script = f"exec 3<>/dev/tcp/127.0.0.1/{port}"

        assert not run(runner, work, script, network=False)[0].ok


def _of(work: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int(entry.name) != os.getpid() and (entry / "cwd").readlink() == work:
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_it_holds_no_capability_also_where_the_server_is_root(runner: LocalRunner, work: Path) -> None:
    """With them it could take the fence away: mount over it, or make the host's /usr writable."""
    ended, lines = run(runner, work, "grep -E '^Cap(Prm|Eff|Amb)' /proc/self/status")

    assert ended.ok
    assert {line.split()[1] for line in lines} == {"0" * 16}


@pytest.mark.parametrize(
    "command",
    [
        "mount -t tmpfs x /opt",
        "mount -o remount,rw,bind /usr",
        "mount --bind / /opt",
        "mknod disk b 8 0",
        "chroot /usr",
    ],
)
def test_it_cannot_change_what_it_sees(runner: LocalRunner, work: Path, command: str) -> None:
    ended, _lines = run(runner, work, f"command -v {command.split(maxsplit=1)[0]} >/dev/null && {command}")

    assert not ended.ok
