"""A FIFO queue or topic, and a name that says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.places import true
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, is_text, same
from seed.changesets.words import word

KINDS = {
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
}
ENDING = ".fifo"


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type not in KINDS or pair.after is None or pair.before is pair.after:
            continue
        naming, switch = KINDS[pair.resource_type]
        was, now = pair.properties
        if pair.before is not None and all(same(was.get(key), now.get(key)) for key in (naming, switch)):
            continue
        name, fifo = _ending(now.get(naming)), now.get(switch)
        if name == "" or is_intrinsic(fifo) or name.endswith(ENDING) == true(fifo):
            continue
        what = f"does not end with {ENDING}" if true(fifo) else f"ends with {ENDING}, and it is none"
        yield Finding(
            "fifo-name",
            Severity.DANGER,
            f"The deployment will fail: the name of the {'FIFO ' if true(fifo) else ''}{word(pair.resource_type)} "
            f"{pair.logical_id} {what}.",
            pair.logical_id,
            evidence=f"{naming}: …{name[-40:]}; {switch}: {'true' if true(fifo) else 'not set'}",
            hint=f"Let the name end with {ENDING}." if true(fifo) else f"Set {switch}: true, or leave {ENDING} away.",
        )


def _ending(name: object) -> str:
    """The end of a name, as far as it is written; '' where it is not, or CloudFormation makes one."""
    if is_text(name) and isinstance(name, dict):
        name = name["Fn::Join"][1][-1]
    return name if isinstance(name, str) and "{{resolve:" not in name else ""


RULE = Rule(
    "fifo-name",
    "A FIFO name that is none, or the reverse",
    "danger",
    "The name of a FIFO queue or topic must end with .fifo, and that of another must not.",
    "CloudFormation: AWS::SQS::Queue, QueueName; AWS::SNS::Topic, TopicName; SQS API reference: CreateQueue",
    find,
    fails=True,
)
