"""The local AWS saves its whole state soon after every change, and no more often than it can afford."""

from __future__ import annotations

from dataclasses import dataclass, field

from seed.aws.local.runner import KEEP_SAVING, SAVE_SECONDS, SHARE, Saver


@dataclass
class Writing:
    """A state that takes `seconds` to write."""

    seconds: float
    at: float = 100.0
    written: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.at

    def write(self) -> None:
        self.at += self.seconds
        self.written.append(self.at)


def test_nothing_is_saved_where_nothing_changed() -> None:
    writing = Writing(0.001)

    assert not Saver(writing.write, writing.clock).due()


def test_a_change_is_saved_and_so_is_what_a_stack_does_for_a_while_after_it() -> None:
    writing = Writing(0.001)
    saver = Saver(writing.write, writing.clock)

    saver.touch()
    saver.save()

    assert saver.due()
    writing.at += KEEP_SAVING
    assert not saver.due()


def test_a_change_that_waited_longer_than_that_is_saved_all_the_same() -> None:
    writing = Writing(1.0)
    saver = Saver(writing.write, writing.clock)
    saver.save()

    saver.touch()
    writing.at += KEEP_SAVING + saver.pause

    assert saver.due()


def test_a_small_state_is_saved_often_and_a_large_one_as_often_as_it_can_afford() -> None:
    small, large = Writing(0.005), Writing(0.3)
    often, seldom = Saver(small.write, small.clock), Saver(large.write, large.clock)

    often.save()
    seldom.save()

    assert often.pause == SAVE_SECONDS
    assert round(seldom.pause, 6) == round(0.3 * (SHARE - 1), 6)
