"""Settings that do not go together, or that a service does not take of this many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings import (
    settings_identity,
    settings_messages,
    settings_notified,
    settings_open,
    settings_reads,
    settings_tables,
)
from seed.changesets.findings.places import at, number, objects, true
from seed.changesets.findings.refusals import Look, Wrong, named, refusals, together
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, is_undecided, show
from seed.counting import counted

FUNCTION, QUEUE, STREAM = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::Kinesis::Stream"
TABLE, API = "AWS::DynamoDB::Table", "AWS::ApiGatewayV2::Api"
MOST_LAYERS, MOST_OF_FIFO = 5, 10
LAYER = re.compile(r"arn:[a-z-]+:lambda:([a-z0-9-]+):[0-9]{12}:layer:")
DAY, WEEK, HOUR = 86_400, 604_800, 3_600
ROUTE = re.compile(r"\$default|(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /.*")
CERTIFICATE = re.compile(r"arn:aws:acm:(?!us-east-1:)[a-z0-9-]+:.*")


def find(review: Review) -> Iterator[Finding]:
    yield from refusals(review, RULE.id, LOOKS)


def _function(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    layers, here = properties.get("Layers"), review.new.pseudo.region
    for one in layers if isinstance(layers, list) and here else ():
        there = LAYER.match(one) if isinstance(one, str) else None
        if there and there[1] != here:
            hint = f"Name the layer of {here}."
            yield Wrong(f"has a layer of {there[1]}, and is in {here} itself", f"Layers: {show(one)[:80]}", hint)
    if isinstance(layers, list) and len(layers) > MOST_LAYERS:
        yield Wrong(f"has {len(layers)} layers, and Lambda takes {MOST_LAYERS}", "Layers", "Put some of them together.")
    if not properties or is_intrinsic(properties.get("PackageType")):
        return
    image = properties.get("PackageType") == "Image" or at(properties, "Code/ImageUri") is not None
    for name in ("Handler", "Runtime"):
        if image and name in properties:
            yield Wrong(f"is an image, and has a {name}", name, "An image says itself what it runs: leave it out.")
        if not image and name not in properties:
            yield Wrong(f"has no {name}", name, f"Say its {name}: Lambda cannot run a package without one.")


def _alias(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    if properties.get("FunctionVersion") == "$LATEST" and "ProvisionedConcurrencyConfig" in properties:
        what = "is to keep $LATEST warm, and only versions can be"
        yield Wrong(what, "FunctionVersion: $LATEST", "Publish a version, and let the alias point to it.")


def _event_source(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    source = properties.get("EventSourceArn")
    queue, batch = named(source, review, QUEUE), number(properties.get("BatchSize"))
    window = number(properties.get("MaximumBatchingWindowInSeconds", 0))
    if queue is not None or (isinstance(source, str) and ":sqs:" in source):
        fifo = true(queue.get("FifoQueue")) if queue is not None else show(source).endswith(".fifo")
        large = batch is not None and batch > MOST_OF_FIFO
        if fifo and large:
            yield Wrong("reads more than 10 messages at once of a FIFO queue", "BatchSize", "Take 10 at most.")
        if fifo and window:
            what = "waits for a batch of a FIFO queue, which cannot be waited for"
            yield Wrong(what, "MaximumBatchingWindowInSeconds", "Leave the window out.")
        if not fifo and large and window == 0:
            what = "reads more than 10 messages at once, and does not wait for them"
            yield Wrong(what, "BatchSize", "Set MaximumBatchingWindowInSeconds to 1 at least.")
    table = named(source, review, TABLE) is not None
    streams = table or named(source, review, STREAM) is not None
    if table and not show(source).endswith(".StreamArn}"):
        what = "reads a table, and only the stream of one can be read"
        yield Wrong(what, f"EventSourceArn: {show(source)[:60]}", "Ask for its StreamArn.")
    if streams and "StartingPosition" not in properties:
        yield Wrong("reads a stream, and does not say from where", "StartingPosition", "Say LATEST or TRIM_HORIZON.")


def _queue(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    dead = named(at(properties, "RedrivePolicy/deadLetterTargetArn"), review, QUEUE)
    fifo = [show(side.get("FifoQueue", "false")).lower() for side in (properties, dead or {})]
    if dead is not None and fifo[0] != fifo[1] and {"true", "false"} == {*fifo}:
        what = "has a dead-letter queue of the other kind: one of them is FIFO, the other is not"
        yield Wrong(what, "RedrivePolicy", "Make both FIFO, or none.")


def _rule(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    if properties and not properties.keys() & {"ScheduleExpression", "EventPattern"}:
        hint = "Give it a schedule, or a pattern of events."
        yield Wrong("has neither a schedule nor a pattern", "ScheduleExpression, EventPattern: not set", hint)


def _route(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    api, key = named(properties.get("ApiId"), review, API), properties.get("RouteKey")
    if api and api.get("ProtocolType") == "HTTP" and isinstance(key, str) and not ROUTE.fullmatch(key):
        yield Wrong(f"has the route key {key[:60]}", f"RouteKey: {key[:60]}", "Write it as GET /orders, or $default.")


def _distribution(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    config = properties.get("DistributionConfig")
    found = [at(config, "DefaultCacheBehavior"), *objects(at(config, "CacheBehaviors"))]
    origins = [*objects(at(config, "Origins")), *objects(at(config, "OriginGroups/Items"))]
    names = [one.get("Id") for one in origins]
    known = (
        bool(names) and all(isinstance(name, str) for name in names) and not is_intrinsic(at(config, "OriginGroups"))
    )
    for one in (at(behaviour, "TargetOriginId") for behaviour in found):
        if known and isinstance(one, str) and one not in names:
            what = f"asks for the origin {one[:60]}, and has none of that Id"
            yield Wrong(what, "TargetOriginId", "Name one of its Origins.")
    certificate = at(config, "ViewerCertificate/AcmCertificateArn")
    if isinstance(certificate, str) and CERTIFICATE.fullmatch(certificate):
        what = "has a certificate of another region, and CloudFront takes those of us-east-1"
        yield Wrong(what, f"AcmCertificateArn: {certificate[:80]}", "Ask for a certificate in us-east-1.")
    names, shown = at(config, "Aliases"), at(config, "ViewerCertificate")
    certain = isinstance(names, list) and not all(map(is_undecided, names))
    if certain and (shown is None or true(at(shown, "CloudFrontDefaultCertificate"))):
        what = "has names of its own, and no certificate that covers them"
        yield Wrong(what, "ViewerCertificate", "Name a certificate of us-east-1 for its Aliases.")


def _alarm(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    period = number(properties.get("Period"))
    if period is not None and period not in (10, 20, 30) and (period <= 0 or period % 60):
        what = f"looks at {counted(int(period), 'second')}"
        yield Wrong(what, f"Period: {int(period)}", "Take 10, 20, 30, or so many times 60.")
    times = number(properties.get("EvaluationPeriods"))
    most = WEEK if period is not None and period >= HOUR else DAY
    if period is not None and times is not None and period * times > most:
        what = f"looks back for {int(period * times):,} seconds, and CloudWatch for {most:,} at most"
        yield Wrong(
            what, f"Period: {int(period)}; EvaluationPeriods: {int(times)}", "Look at fewer or shorter periods."
        )


def _record(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    there = [name for name in ("TTL", "ResourceRecords") if name in properties]
    if "AliasTarget" in properties and there:
        what = f"is an alias, and has {' and '.join(there)} too"
        yield Wrong(what, ", ".join(there), "Leave that out: what it is an alias of says it.")
    if "AliasTarget" not in properties and there == ["ResourceRecords"]:
        yield Wrong("says what it is, and not for how long", "TTL: not set", "Set its TTL, such as 300.")


OWN: dict[str, Look] = {
    FUNCTION: _function,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::EventSourceMapping": _event_source,
    QUEUE: _queue,
    "AWS::Events::Rule": _rule,
    "AWS::ApiGatewayV2::Route": _route,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Route53::RecordSet": _record,
}
LOOKS: dict[str, Look] = together(
    OWN,
    settings_tables.LOOKS,
    settings_messages.LOOKS,
    settings_identity.LOOKS,
    settings_notified.LOOKS,
    settings_open.LOOKS,
    settings_reads.LOOKS,
)

RULE = Rule(
    "settings-refused",
    "Settings that do not go together",
    "danger",
    "Each value is one that its property takes, and the service refuses them together: more layers than Lambda takes, "
    "a batch of a FIFO queue that is too large, throughput of a table that is paid per request, a dead-letter queue of "
    "the other kind, a rule without a schedule or a pattern or with more than five targets, a behaviour without its "
    "origin, a subscription whose endpoint is of another protocol, a user-pool client whose flow has no address to go "
    "back to, a key of a table that is neither text, number nor bytes, policies of more than IAM takes, a bucket whose "
    "notifications nobody lets in, or that is to be open and is closed by what S3 does unless told otherwise, a reader "
    "whose role may not read, a deployment of an API that has no methods yet. Beyond a quota that can be lifted (20 "
    "global indexes, 10 managed policies of a role) it is a warning.",
    "Lambda, SQS, SNS, DynamoDB, EventBridge, S3, API Gateway, CloudFront, CloudWatch, Cognito, Route 53 and IAM: API "
    "references, developer guides and quotas",
    find,
    fails=True,
)
