"""Follow an executed change set to its end: events as they come, the stack's own status as the truth.

Whatever keeps AWS from answering is waited out, for a while: a lost network, throttling, credentials that have
expired (asked for again each time). A stack that is gone, and on the local AWS one that stands still, is an end too:
nothing is followed for ever.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from seed.aws.errors import CredentialsExpired, CredentialsMissing, NetworkLost, Throttled
from seed.aws.pace import QUIETEST, Beat
from seed.aws.port import Cloud
from seed.aws.values import Stack, StackEvent
from seed.errors import Cancelled, SeedError

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE"})
GONE = "GONE"
"""How a stack ends that CloudFormation does not know any more."""
STACK = "AWS::CloudFormation::Stack"
DEEPEST = 5
"""Of stacks within stacks."""
PASSING = (Throttled, NetworkLost, CredentialsExpired, CredentialsMissing)
"""What keeps us from seeing the stack, and may be over at the next look."""


class StackStuck(SeedError):
    """The local AWS does not go on with a stack."""

    code = "stack-stuck"
    status = 409


@dataclass(frozen=True, slots=True)
class StackEnd:
    """How it ended. `failed_resource` is the first that failed by itself."""

    status: str
    ok: bool
    outputs: Mapping[str, str] = field(default_factory=dict)
    failed_resource: str = ""
    failed_type: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long, in seconds; `gone` in looks."""

    lost: float = 600.0
    begin: float = 60.0
    stuck: float = 120.0
    """Without an event or another status, on the local AWS only: AWS itself may take hours for one resource."""
    gone: int = 2


def follow(
    cloud: Cloud,
    stack_name: str,
    on_event: Callable[[StackEvent], None],
    *,
    cancelled: Callable[[], bool] = lambda: False,
    after: str = "",
    on_look: Callable[[Cloud, Stack], None] = lambda _cloud, _stack: None,
    renew: Callable[[], Cloud] | None = None,
    patience: Patience | None = None,
) -> StackEnd:
    """`after` is the id of the last event before the execution ("" or "none": from the first). `on_look` sees the
    stack at each look while it works. `renew` connects again once the credentials have expired.
    """
    last = "" if after == "none" else after
    following = _Following(
        cloud, stack_name, on_event, on_look, renew or (lambda: cloud), patience or Patience(), last=last
    )
    with cloud.pace.following() as beat:
        while True:
            beat.wait(following.quiet)
            if cancelled():
                raise Cancelled("Seed is stopping; the stack goes on and is followed again later.")
            end = following.look(beat)
            if end is not None:
                return end


@dataclass
class _Following:
    """What is known of the stack between two looks."""

    cloud: Cloud
    stack_name: str
    on_event: Callable[[StackEvent], None]
    on_look: Callable[[Cloud, Stack], None]
    renew: Callable[[], Cloud]
    patience: Patience
    last: str
    quiet: int = 0
    """Looks without anything new."""
    seen: list[StackEvent] = field(default_factory=list)
    stack_id: str = ""
    gone: int = 0
    lost_since: float | None = None
    expired: bool = False
    still: tuple[str, str] = ("", "")
    """Status and last event, the same since `still_since`."""
    still_since: float = 0.0

    def __post_init__(self) -> None:
        self.clock = self.cloud.pace.clock
        self.began = self.still_since = self.clock.now()

    def look(self, beat: Beat) -> StackEnd | None:
        """None while it goes on."""
        try:
            if self.expired:
                self.cloud, self.expired = self.renew(), False
            fresh, stack = self.cloud.events(self.stack_name, after=self.last), self.cloud.stack(self.stack_name)
            self.lost_since = None
            self._tell(fresh)
            if stack is None or stack.stack_id != (self.stack_id or stack.stack_id):
                return self._is_gone()
            self.stack_id, self.gone = stack.stack_id, 0
            if self._ended(stack):
                return self._end(stack)
            self.on_look(self.cloud, stack)
        except PASSING as error:
            self._lost(beat, error)
            return None
        self._check_moving(stack)
        return None

    def _tell(self, fresh: list[StackEvent]) -> None:
        for event in fresh:
            self.on_event(event)
            self.last = event.event_id
        self.seen += fresh
        self.quiet = 0 if fresh else self.quiet + 1

    def _lost(self, beat: Beat, error: SeedError) -> None:
        now = self.clock.now()
        self.quiet = QUIETEST
        if isinstance(error, Throttled):
            beat.slowed()
        self.expired = isinstance(error, CredentialsExpired | CredentialsMissing)
        self.lost_since = now if self.lost_since is None else self.lost_since
        if now - self.lost_since > self.patience.lost:
            raise type(error)(
                f"{error.sentence} The stack was last seen {math.ceil((now - self.lost_since) / 60)} minutes ago.",
                hint=f"CloudFormation goes on by itself: look at the stack, then deploy again. {error.hint}".strip(),
                where=self.stack_name,
            ) from error

    def _is_gone(self) -> StackEnd | None:
        """Not at the first look: an answer may be older than the stack."""
        self.gone += 1
        if self.gone < self.patience.gone:
            return None
        reason = f"The stack {self.stack_name} is gone: somebody has deleted it while it was deployed."
        return StackEnd(GONE, ok=False, reason=reason)

    def _check_moving(self, stack: Stack) -> None:
        now, here = self.clock.now(), (stack.status, self.last)
        if here != self.still:
            self.still, self.still_since = here, now
        elif self.cloud.pace.near and now - self.still_since > self.patience.stuck:
            raise StackStuck(
                f"The local AWS has not gone on with {self.stack_name} for {self.patience.stuck:g} seconds: it is"
                f" {stack.status}.",
                hint="A custom resource that does not answer is the usual cause. aws/output.log in the data folder"
                " has what the local AWS said; delete the stack, then deploy again.",
                where=self.stack_name,
            )

    def _ended(self, stack: Stack) -> bool:
        """Not before it has begun: the first look may come before CloudFormation has written anything."""
        if stack.busy and stack.status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            return False
        if stack.is_new:
            return False
        return bool(self.seen) or self.clock.now() - self.began > self.patience.begin

    def _end(self, stack: Stack) -> StackEnd:
        # What was written between the two looks. A look that fails must not spoil an end that is known.
        with contextlib.suppress(*PASSING):
            self._tell(self.cloud.events(self.stack_name, after=self.last))
        if stack.status in GOOD:
            return StackEnd(stack.status, ok=True, outputs=stack.outputs)
        return _told(stack, self._cause())

    def _cause(self) -> StackEvent | None:
        """The first failure. A nested stack only says that something of it failed: then what that was."""
        failed = next((event for event in self.seen if _is_cause(event)), None)
        for _ in range(DEEPEST):
            if failed is None or failed.resource_type != STACK or failed.physical_id in {"", self.stack_id}:
                break
            inner: list[StackEvent] = []
            with contextlib.suppress(SeedError):
                inner = self.cloud.events(failed.physical_id)
            since = self.seen[0].at
            deeper = next(
                (e for e in inner if e.at >= since and _is_cause(e) and e.physical_id != failed.physical_id), None
            )
            if deeper is None:
                break
            self.on_event(deeper)
            failed = deeper
        return failed


def _told(stack: Stack, failed: StackEvent | None) -> StackEnd:
    if failed is None:
        return StackEnd(stack.status, ok=False, reason=stack.reason)
    own = failed.resource_type != STACK
    return StackEnd(
        stack.status,
        ok=False,
        failed_resource=failed.logical_id if own else "",
        failed_type=failed.resource_type if own else "",
        reason=failed.reason,
    )


def _is_cause(event: StackEvent) -> bool:
    return event.status.endswith("_FAILED") and "cancelled" not in event.reason.lower()
