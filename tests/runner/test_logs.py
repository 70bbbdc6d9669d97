"""The log of a job: whole lines, numbered, masked, and there after a crash."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from seed.work.logs.log import LogReader, LogWriter, read, tail
from seed.work.logs.output import Rooms


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "1.jsonl"


def test_lines_are_numbered_and_carry_their_step(path: Path) -> None:
    writer = LogWriter(path)
    writer.write("before")
    assert writer.step("package") == 2
    writer.write("one\ntwo")
    writer.close()

    assert [(x.number, x.step, x.text) for x in read(path)] == [
        (1, "", "before"), (2, "package", "one"), (3, "package", "two"),
    ]  # fmt: skip


def test_a_follower_gets_each_line_once_while_they_are_written(path: Path) -> None:
    reader = LogReader(path)
    assert reader.poll() == []
    writer = LogWriter(path)
    writer.write("one")
    assert [x.text for x in reader.poll()] == ["one"]
    writer.write("two")
    writer.write("three")
    assert [x.text for x in reader.poll()] == ["two", "three"]
    assert reader.poll() == []
    writer.close()


def test_reading_goes_on_after_a_line(path: Path) -> None:
    writer = LogWriter(path)
    for number in range(100):
        writer.write(str(number))
    writer.close()

    assert [x.number for x in read(path, after=97)] == [98, 99, 100]
    assert [x.number for x in read(path, after=10, limit=2)] == [11, 12]
    assert [x.number for x in tail(path, 2)] == [99, 100]


def test_a_torn_last_line_is_cut_off_and_numbering_goes_on(path: Path) -> None:
    writer = LogWriter(path)
    writer.write("whole")
    writer.close()
    with path.open("ab") as file:
        file.write(b'{"n": 2, "t": "2026')

    writer = LogWriter(path)
    writer.write("next")
    writer.close()

    assert [(x.number, x.text) for x in read(path)] == [(1, "whole"), (2, "next")]


@pytest.mark.parametrize(
    "form", [lambda s: s, lambda s: base64.b64encode(s.encode()).decode(), lambda s: quote(s, safe="")]
)
def test_a_secret_is_masked_in_every_form(path: Path, form: object) -> None:
    secret = "p@ss/word with space"
    writer = LogWriter(path, mask=[secret])
    writer.write(f"it is {form(secret)}!")
    writer.close()

    assert secret not in path.read_text()
    assert read(path)[0].text == "it is ***!"


def test_several_threads_write_whole_lines(path: Path) -> None:
    writer = LogWriter(path)
    threads = [threading.Thread(target=lambda n=n: [writer.write(f"{n}" * 50) for _ in range(200)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()

    lines = read(path)
    assert [x.number for x in lines] == list(range(1, 801))
    assert all(len(set(x.text)) == 1 for x in lines)


def test_a_log_is_kept_up_to_its_size_and_then_holds_what_seed_tells(path: Path) -> None:
    for _ in range(2):  # opened again it is as full as before
        writer = LogWriter(path, most=1024 * 1024)
        for _ in range(300):
            writer.write("x" * 10_000)
        writer.tell("✗ It failed.")
        writer.close()

    lines = read(path)
    assert [line.text for line in lines[-3:]] == ["[the log beyond 1 MB is dropped]", "✗ It failed.", "✗ It failed."]
    assert path.stat().st_size < 1.1 * 1024 * 1024
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


def test_the_logs_of_a_build_share_their_room(tmp_path: Path) -> None:
    rooms, paths = Rooms(), [tmp_path / "a", tmp_path / "b"]
    most = 2 * 1024 * 1024

    def writers() -> list[LogWriter]:
        return [LogWriter(path, room=rooms.of(1, most, paths)) for path in paths]

    for _ in range(2):  # opened again, they know what is there
        first, second = writers()
        for _ in range(40):
            first.write("x" * 60_000)
        second.write("y")
        second.tell("✗ It failed.")
        first.close()
        second.close()
        del first, second

    said = [line.text for path in paths for line in read(path, 0, 1000)]
    assert sum(len(text) for text in said) < most + 70_000
    assert said.count("✗ It failed.") == 2
    assert "y" not in said
    assert {text for text in said if text.startswith("[")} == {
        "[the logs of this build beyond 2 MB together are dropped]"
    }
    other = LogWriter(tmp_path / "c", room=rooms.of(2, most, []))
    other.write("z")
    other.close()
    assert [line.text for line in read(tmp_path / "c", 0, 10)] == ["z"]


def test_a_full_disk_is_told_once_and_the_job_goes_on() -> None:
    writer = LogWriter(Path("/dev/full"))

    writer.write("one")
    writer.write("two")
    writer.close()

    assert "No space left" in writer.problem.sentence


def test_a_folder_that_cannot_be_made_is_told_and_the_job_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = LogWriter(tmp_path / "file" / "log.jsonl")

    writer.write("one")

    assert writer.problem is not None
