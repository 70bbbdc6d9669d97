"""A template that can no longer be sent in the call itself."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.sizes import BYTES, bytes_of
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

IN_THE_CALL = 51_200


def find(review: Review) -> Iterator[Finding]:
    if review.capabilities is not None or review.change_set.empty:  # Seed deploys it, and brings it to S3 by itself
        return
    now = bytes_of(review.new)
    if BYTES >= now > IN_THE_CALL >= (bytes_of(review.old) if review.old else 0):  # what is larger is told elsewhere
        yield Finding(
            "template-large",
            Severity.NOTICE,
            f"The template has {now:,} bytes: from {IN_THE_CALL:,} on CloudFormation takes it from S3 only.",
            evidence=f"{now:,} of {IN_THE_CALL:,} bytes",
            hint="Upload it and deploy it by --template-url; frameworks and Seed do so by themselves.",
        )


RULE = Rule(
    "template-large",
    "The template must come from S3",
    "notice",
    "A template of more than 51,200 bytes cannot be sent in the call. Told by `seed diff` only, of a template that "
    "has grown beyond: Seed itself brings it to S3.",
    "CloudFormation user guide: Understand CloudFormation quotas",
    find,
)
