"""An output without an export goes: others may read it by its name."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    if review.old is None or not review.new.resources:  # of a stack that goes, this goes without saying
        return
    now = _made(review.new)
    gone = [name for name, output in _made(review.old).items() if name not in now and "Export" not in output]
    if gone:
        what, verb = ("output", "goes") if len(gone) == 1 else ("outputs", "go")
        yield Finding(
            "output-removed",
            Severity.NOTICE,
            f"The {what} {listed(gone)} {verb}: whoever reads {'it' if len(gone) == 1 else 'them'} "
            "from the stack finds nothing.",
            evidence="\n".join(gone),
            hint="Look for ${cf:…}, DescribeStacks and scripts that read it.",
        )


def _made(world: World) -> dict[str, dict[str, object]]:
    return {
        name: output
        for name, output in world.section("Outputs").items()
        if world.condition(output.get("Condition")) is not False
    }


RULE = Rule(
    "output-removed",
    "An output is removed",
    "notice",
    "Other services, pages and scripts read outputs of a stack without importing them; CloudFormation does not know "
    "of them and lets it go.",
    "CloudFormation user guide: Outputs; Serverless Framework: Reference CloudFormation outputs",
    find,
)
