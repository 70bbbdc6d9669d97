"""The API's answers and questions. Names are stable; fields are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid")


class ErrorBody(Shape):
    code: str
    sentence: str
    hint: str = ""
    where: str = ""


class ErrorAnswer(Shape):
    error: ErrorBody


class Login(Shape):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)
    name: str = Field(default="cli", max_length=100)


class LinkLogin(Shape):
    key: str = Field(max_length=200)
    name: str = Field(default="cli", max_length=100)


class NewToken(Shape):
    name: str = Field(max_length=100)
    scope: Literal["read", "deploy", "admin"] = "deploy"
    days: float | None = Field(default=90, gt=0, le=3660)


class Token(Shape):
    id: int
    name: str
    prefix: str
    scope: str
    created_at: datetime
    expires_at: datetime | None


class MadeToken(Token):
    token: str
    """The key. It is shown this once."""


class Me(Shape):
    name: str
    scope: str


class NewAccount(Shape):
    name: str = Field(max_length=60)
    kind: Literal["local", "profile", "keys", "role"]
    region: str = Field(default="us-east-1", max_length=30)
    endpoint_url: str = Field(default="", max_length=300)
    profile: str = Field(default="", max_length=200)
    access_key_id: str = Field(default="", max_length=200)
    secret_access_key: str = Field(default="", max_length=500)
    role_arn: str = Field(default="", max_length=300)
    external_id: str = Field(default="", max_length=300)


class Account(Shape):
    name: str
    kind: str
    region: str
    endpoint_url: str
    profile: str
    access_key_id: str
    role_arn: str
    aws_account: str
    checked_at: datetime | None
    problem: str


class AccountCheck(Shape):
    account: str
    arn: str
    region: str
    missing: list[str]
    problem: str


class Service(Shape):
    name: str
    path: str
    config: str
    framework: str
    phase: int


class FoundService(Shape):
    path: str
    config: str
    name: str
    known: str
    """The app's service at this path; "" where there is none."""


class ServicePath(Shape):
    path: str = Field(max_length=1000)


class Phases(Shape):
    phases: list[list[str]] = Field(max_length=200)
    """Names of services; those of one list are deployed at the same time."""


class Need(Shape):
    service: str
    needs: str
    because: str


class PhaseProposal(Shape):
    phases: list[list[str]]
    needs: list[Need]
    too_early: list[tuple[str, str]]
    """(service, what it needs) that the present arrangement does not keep."""
    problem: str


class CodeChange(Shape):
    check_code_change: Literal["git", "lerna", "pnpm", "npm", "yarn", "nx", "off"]


class UnitTests(Shape):
    on: bool


class Stage(Shape):
    name: str
    kind: str
    branch: str
    auto_deploy: bool
    account: str
    region: str
    always_review: bool
    functions_only: bool
    auto_promote: str
    """Staging and production: "" by hand, else what is reviewed of promotions that come by themselves."""
    post_deploy: list[str]
    """Commands that run once after all services were deployed."""
    origin: str
    """branch or pull-request: it came by itself, and goes by itself. "" : somebody made it."""
    pull_request: int
    """Its number, or 0."""
    closing: str
    """Why it is removed as soon as nothing is at work in it; "" while it stays."""


class AutomaticStages(Shape):
    origin: Literal["branch", "pull-request"]
    on: bool
    copy_from: str
    """Whose account, variables, notifications and post-deploy commands a new stage gets."""
    only: str
    """Patterns of branches with commas between them; "" is every branch."""
    most: int
    """How many there may be at a time."""
    there: int
    """How many there are."""
    waiting: list[str]
    """Branches, or numbers of pull requests, that get one when one of them goes."""
    remove: bool
    """With its AWS resources, once the branch is deleted or the pull request closed."""
    empty_buckets: bool
    idle_days: int
    """Removed after so many days without a build; 0 never."""
    forks: bool
    previews: bool
    """Packaged for the stages downstream before anybody promotes it, with their variables and credentials."""


class ChangeAutomaticStages(Shape):
    """What is left out stays as it is."""

    on: bool | None = None
    copy_from: str | None = Field(default=None, max_length=100)
    only: str | None = Field(default=None, max_length=1000)
    most: int | None = None
    remove: bool | None = None
    empty_buckets: bool | None = None
    idle_days: int | None = None
    forks: bool | None = None
    previews: bool | None = None


class App(Shape):
    slug: str
    name: str
    repository: str
    branch: str
    poll_seconds: int
    check_code_change: str
    """How a build finds the services that changed."""
    unit_tests: bool
    """A service's own tests have to succeed before it is packaged."""
    services: list[Service]
    stages: list[Stage]


class NewApp(Shape):
    repository: str = Field(max_length=1000)
    name: str = Field(default="", max_length=100)
    branch: str = Field(default="", max_length=250)
    account: str = Field(default="", max_length=60)
    production_account: str = Field(default="", max_length=60)
    poll_seconds: int = Field(default=0, ge=0, le=86_400)


class ChangeApp(Shape):
    poll_seconds: int = Field(ge=0, le=86_400)
    """Look for new commits this often; 0 is never."""


class Webhook(Shape):
    url: str
    secret: str


class NewStage(Shape):
    name: str = Field(default="", max_length=60)
    """"" makes one of the branch."""
    kind: Literal["development", "staging", "production"] = "development"
    branch: str = Field(default="", max_length=250)
    """Of a development stage."""
    account: str = Field(default="", max_length=60)


class ChangeStage(Shape):
    """What is named is changed, in this order."""

    name: str = Field(default="", max_length=60)
    """Before the first build."""
    account: str = Field(default="", max_length=60)
    """Before the first deployment."""
    kind: Literal["", "development", "staging", "production"] = ""
    auto_deploy: bool | None = None
    """Development stages: a push to the branch deploys."""
    auto_promote: Literal["", "by-hand", "review", "findings", "never"] = ""
    """Staging and production: working builds come in by themselves, and what of it is reviewed."""
    always_review: bool | None = None
    """Also promotions whose findings are all routine have to be read."""
    functions_only: bool | None = None
    """Development stages: where nothing but code changed, functions are updated directly."""
    post_deploy: list[str] | None = Field(default=None, max_length=100)
    """Commands that run once after all services were deployed; an empty list: none."""


class StageSource(Shape):
    branch: str = Field(max_length=250)


class StageOrder(Shape):
    names: list[str] = Field(max_length=500)
    """Every stage of the app, as they shall stand."""


class PipelineCell(Shape):
    build: int
    commit: str
    subject: str
    author: str
    state: str
    reason: str
    at: datetime


class PipelineColumn(Shape):
    name: str
    kind: str
    branch: str
    latest: int | None
    latest_state: str
    working: int | None
    working_promoted: bool
    downstream: list[str]


class PipelineRow(Shape):
    name: str
    path: str
    phase: int
    cells: dict[str, PipelineCell]


class Pipeline(Shape):
    columns: list[PipelineColumn]
    rows: list[PipelineRow]


class Step(Shape):
    name: str
    state: str
    first_line: int
    started_at: datetime
    ended_at: datetime | None


class DownstreamPackage(Shape):
    stage: str
    state: str
    digest: str
    failure: dict[str, Any] | None


class Attempt(BaseModel):
    """One that failed by chance and was tried again by itself."""

    number: int
    reason: str
    status: str = ""
    """How the stack ended."""
    ended_at: datetime
    again_at: datetime
    remove: bool = False
    """Whether the stack, never deployed well, was removed before the next."""


class ServiceBuild(Shape):
    service: str
    state: str
    reason: str
    failure: dict[str, Any] | None
    framework: str
    package_digest: str
    stack_name: str
    change_set_arn: str
    method: str
    changes: dict[str, Any] | None
    outputs: dict[str, Any] | None
    attempts: list[Attempt]
    started_at: datetime | None
    ended_at: datetime | None
    steps: list[Step]
    downstream: list[DownstreamPackage]


class Build(Shape):
    app: str
    stage: str
    number: int
    state: str
    trigger: str
    branch: str
    commit: str
    subject: str
    author: str
    asked_by: str
    promotion: int | None
    reason: str
    known: dict[str, str] | None
    """What is known of the error: slug, title, cause, fix, source, finding."""
    promoted_at: datetime | None
    partly_promoted: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class BuildDetail(Build):
    services: list[ServiceBuild]
    not_packaged: str
    """Why no package for the stages downstream is made beside it; empty where they are."""


class Deploy(Shape):
    commit: str = Field(default="", max_length=250)
    services: list[str] | None = Field(default=None, max_length=200)
    force: bool = False
    """Also the services in which nothing changed."""


class Promote(Shape):
    to: str = Field(default="", max_length=60)
    services: list[str] | None = Field(default=None, max_length=200)


class RollBack(Shape):
    to: int = Field(ge=1, le=2**31)
    services: list[str] | None = Field(default=None, max_length=200)


class Confirm(Shape):
    digest: str = Field(max_length=100)


class Reject(Shape):
    reason: str = Field(max_length=2000)


class Accept(Shape):
    reason: str = Field(max_length=2000)
    days: float = Field(default=30, gt=0, le=366)


class Wrong(Shape):
    reason: str = Field(max_length=2000)


class Verdict(Shape):
    """What a person said of one finding of an app: accepted until a time, or wrong."""

    id: int
    kind: str
    service: str
    rule: str
    logical_id: str
    sentence: str
    reason: str
    promotion_id: int | None
    person: str
    at: datetime
    until: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str


class SaidFinding(Shape):
    """A finding of a promotion under its key, and what a person said of it."""

    key: str
    service: str
    rule: str
    severity: str
    logical_id: str
    sentence: str
    evidence: str
    hint: str
    verdict: Verdict | None


class ServicePlan(Shape):
    service: str
    state: str
    package_digest: str
    stack_name: str
    change_set_arn: str
    method: str
    baseline: dict[str, Any] | None
    changes: dict[str, Any] | None
    headline: str
    failure: dict[str, Any] | None
    repackaged: str = ""
    """Why the package was made again since the build: its variables changed."""


class Promotion(Shape):
    id: int
    app: str
    kind: str
    state: str
    source_stage: str
    source_build: int
    target_stage: str
    target_build: int | None
    replaces: int | None
    commit: str
    subject: str
    asked_by: str
    confirmed_by: str
    digest: str
    severity: str
    headline: str
    reason: str
    failure: dict[str, Any] | None
    created_at: datetime
    planned_at: datetime | None
    ended_at: datetime | None


class Commit(Shape):
    sha: str
    subject: str
    author: str
    at: datetime


class PromotionDetail(Promotion):
    services: list[ServicePlan]
    commits: list[Commit]
    compare_url: str
    needs_reading: bool
    """False: nothing was found, and only code and what is routine changes."""
    text: str
    """The whole review for a terminal."""
    markdown: str


class LogLine(Shape):
    number: int
    at: str
    step: str
    text: str


class Activity(Shape):
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


class Version(Shape):
    version: str


class HeardWebhook(Shape):
    """What was kept of a forge's webhook: the kinds of its events. They are worked afterwards."""

    name: str
    events: list[str]
    repeated: bool


class ForgeEvent(Shape):
    id: int
    forge: str
    delivery: str
    kind: str
    subject: str
    state: str
    outcome: str
    attempts: int
    at: datetime
    ended_at: datetime | None


class NewForge(Shape):
    forge: Literal["github", "gitlab", "bitbucket"]
    repository: str = Field(default="", max_length=300)
    api_url: str = Field(default="", max_length=500)
    github_app: str = Field(default="", max_length=40)
    secret: str = Field(default="", max_length=20_000, repr=False)
    statuses: bool = True
    deployments: bool = True
    comments: bool = True


class Forge(Shape):
    forge: str
    repository: str
    api_url: str
    github_app: str
    statuses: bool
    deployments: bool
    comments: bool
    created_at: datetime
    paused_until: datetime | None
    problem: str
    backlog: ForgeBacklog


class ForgeBacklog(Shape):
    """While the forge does not answer: how many messages wait for it, what it said last, when it is asked again."""

    waiting: int
    problem: str
    next_at: datetime | None


class ForgeCheck(Shape):
    """The repository's name as the forge writes it, or what is wrong."""

    repository: str
    problem: str


class ForgeMessage(Shape):
    target: str
    kind: str
    state: str
    attempts: int
    problem: str
    changed_at: datetime
    due_at: datetime
    sent_at: datetime | None


class Checks(Shape):
    """Deploy a commit only after its checks have succeeded. No names: every check that is told counts."""

    wait: bool
    names: str = Field(default="", max_length=1000)


class Heard(Shape):
    """The numbers of the builds that a push began."""

    builds: list[int]


class VariableVersion(Shape):
    version: int
    kind: str
    person: str
    at: datetime


class Variable(Shape):
    """`value` is null where it is secret, or not yours to see. No stage: all of them; no service: all of them."""

    name: str
    kind: str
    stage: str
    service: str
    version: int
    person: str
    at: datetime
    value: str | None
    history: list[VariableVersion]


class SetVariable(Shape):
    """`kind` is plain, secret, ssm or secretsmanager; "" keeps what it is."""

    value: str = Field(max_length=20_000)
    kind: str = ""
    stage: str = ""
    service: str = ""


class EnvFile(Shape):
    text: str = Field(max_length=500_000)
    kind: str = ""
    stage: str = ""
    service: str = ""


class EnvText(Shape):
    text: str


class Cache(Shape):
    """The counts are those since the server started."""

    name: str
    entries: int
    bytes: int
    most_bytes: int
    hits: int
    misses: int
    dropped: int
    evicted: int


class Rotated(Shape):
    values: int


class ResourceToGo(Shape):
    id: str
    type: str
    policy: str
    """Delete, Retain or Snapshot."""


class StackToGo(Shape):
    stage: str
    service: str
    stack_name: str
    headline: str
    resources: list[ResourceToGo]
    findings: list[str]


class NewRemoval(Shape):
    stage: str = Field(default="", max_length=60)
    service: str = Field(default="", max_length=300)
    name: str = Field(max_length=300)
    """Of what goes, typed out: the stage's, the service's, or the app's."""
    empty_buckets: bool = False
    """Delete what is in buckets that are not empty."""
    keep: bool = False
    """Leave the stacks where they are: Seed forgets them."""
    skip_hooks: bool = False
    """Run neither `before_remove` nor `after_remove` of `seed.yml`."""


class SpecText(Shape):
    text: str = Field(max_length=1_100_000)
    """A `seed.yml`, whole."""


class SpecProblem(Shape):
    line: int
    """0: of the file as a whole."""
    key: str
    sentence: str
    hint: str


class CompatibilityProblem(Shape):
    code: str
    sentence: str
    fix: str
    file: str
    line: int
    """0 where it has none."""


class Compatibility(Shape):
    """What a service needs before it builds. Nothing is edited."""

    service: str
    framework: str
    """The line that fits it."""
    because: str
    fits: bool
    problems: list[CompatibilityProblem]
    diff: str
    """The smallest edit, as a unified diff."""


class RemovedStack(Shape):
    id: int
    stage: str
    service: str
    stack_name: str
    state: str
    reason: str
    leftovers: list[dict[str, Any]]
    """What stays in the account: id, type, physical_id, because."""
    attempts: list[Attempt] | None
    """Those that AWS throttled."""
    known: dict[str, str] | None
    """What is known of the error: slug, title, cause, fix, source, finding."""


class Removal(Shape):
    id: int
    app: str
    stage: str
    service: str
    keep: bool
    skip_hooks: bool
    state: str
    """removing, removed or failed."""
    reason: str
    asked_by: str
    created_at: datetime
    ended_at: datetime | None
    stacks: list[RemovedStack]


class NewNotification(Shape):
    """No events: all of them. `url` of Slack or a webhook; `recipients` of e-mail, with commas between them."""

    kind: Literal["slack", "email", "webhook"]
    events: list[str] = Field(default=[], max_length=20)
    url: str = Field(default="", max_length=2000, repr=False)
    key: str | None = Field(default=None, max_length=1000, repr=False)
    """A webhook is signed with it."""
    channel: str = Field(default="", max_length=100)
    recipients: str = Field(default="", max_length=10_000)


class ChangeNotification(Shape):
    """What is missing stays. A key "" is taken away."""

    events: list[str] = Field(default=[], max_length=20)
    url: str = Field(default="", max_length=2000, repr=False)
    key: str | None = Field(default=None, max_length=1000, repr=False)
    channel: str = Field(default="", max_length=100)
    recipients: str = Field(default="", max_length=10_000)


class Notification(Shape):
    """`target` is the host, or the recipients; the address itself is a secret."""

    id: int
    kind: str
    events: list[str]
    target: str
    channel: str
    signed: bool
    problem: str
    paused_until: datetime | None


class NotificationDelivery(Shape):
    """`state` is waiting, sent, failed, or dropped: not true any more when it could be sent."""

    id: int
    notification: int
    kind: str
    target: str
    event: str
    title: str
    state: str
    attempts: int
    answer: str
    at: datetime
    due_at: datetime
    sent_at: datetime | None


class Badge(Shape):
    """`url` is "" where the stage has no badge."""

    url: str


class SetBadge(Shape):
    on: bool


class NewMailServer(Shape):
    """An empty password keeps the one that is there, while the server and the user stay the same."""

    host: str = Field(max_length=253)
    sender: str = Field(max_length=254)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = Field(default="", max_length=1000)
    password: str = Field(default="", max_length=1000, repr=False)


class MailServer(Shape):
    host: str
    sender: str
    port: int
    security: str
    username: str
