"""Buckets, ports and databases: what the internet can reach."""

from __future__ import annotations

from typing import Any, NamedTuple

from seed.changesets.findings.networks import strangers
from seed.changesets.findings.opened import Look, Opened
from seed.changesets.findings.places import at, number, true
from seed.changesets.model import Severity
from seed.changesets.resource import Pair
from seed.changesets.values import show

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
WEB_PORTS = {"80", "443"}
ALL, EVERY = "all", "-1"
"""Of ports, and of protocols."""
PINGS = {"icmp", "icmpv6", "1", "58"}
NETWORK = "Keep it in the network, or name the addresses that may come in."


def _bucket(pair: Pair) -> Look:
    before, after = (side.get("PublicAccessBlockConfiguration") for side in pair.properties)
    if pair.before is None:
        before = dict.fromkeys(BLOCKS, True)  # a new bucket blocks everything unless told otherwise
        after = before if after is None else after
    off = [name for name in BLOCKS if _blocks(before, name) and not _blocks(after, name)]
    if off:
        hint = "Leave the block on, and let a distribution or signed URLs give the files out."
        yield Opened(Severity.DANGER, "no longer blocks public access", ", ".join(off), hint)
    acls = [show(side.get("AccessControl", "")) for side in pair.properties]
    if acls[1].startswith(("Public", "AuthenticatedRead")) and acls[1] != acls[0]:
        what = "writable" if acls[1] == "PublicReadWrite" else "readable"
        yield Opened(
            Severity.DANGER, f"is {what} by everybody", f"AccessControl: {acls[1]}", "Leave AccessControl out."
        )


def _blocks(configuration: Any, name: str) -> bool:
    return isinstance(configuration, dict) and true(configuration.get(name))


def _rules_open(pair: Pair) -> Look:
    before, after = ([_ingress(one) for one in _rules(pair, side)] for side in pair.properties)
    for one in dict.fromkeys(after):
        who = strangers(one.cidr)
        if who and not any(other.covers(one) for other in before):
            mild = one.ports in WEB_PORTS or one.protocol in PINGS
            where = "by ping (ICMP)" if one.protocol in PINGS else f"on {one.where}"
            yield Opened(
                Severity.WARNING if mild else Severity.DANGER,
                f"lets {who} in {where}",
                f"{one.cidr} {one.protocol if one.protocol in PINGS else one.ports}",
                NETWORK,
            )


def _rules(pair: Pair, side: dict[str, Any]) -> list[Any]:
    if pair.resource_type == "AWS::EC2::SecurityGroupIngress":
        return [side] if side else []
    found = side.get("SecurityGroupIngress")
    return found if isinstance(found, list) else [found]


class _Ingress(NamedTuple):
    """Who may come in, and where."""

    cidr: str
    protocol: str
    first: str
    last: str

    @property
    def ports(self) -> str:
        return ALL if self.protocol == EVERY else self.first if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def where(self) -> str:
        return "all ports" if self.ports == ALL else f"{'ports' if '–' in self.ports else 'port'} {self.ports}"

    def covers(self, other: _Ingress) -> bool:
        """Whoever comes in by `other` came in by this one."""
        if self.cidr != other.cidr or self.protocol not in (other.protocol, EVERY):
            return False
        bounds = [number(port) for port in (self.first, other.first, other.last, self.last)]
        known = [bound for bound in bounds if bound is not None]
        inside = len(known) == len(bounds) and known[:2] == sorted(known[:2]) and known[2:] == sorted(known[2:])
        return self.ports in (ALL, other.ports) or inside


def _ingress(one: Any) -> _Ingress:
    if not isinstance(one, dict):
        return _Ingress("", "", "", "")
    cidr = show(one.get("CidrIp") or one.get("CidrIpv6") or "")
    return _Ingress(cidr, show(one.get("IpProtocol")), show(one.get("FromPort", ALL)), show(one.get("ToPort", ALL)))


def _database(pair: Pair) -> Look:
    for path in PUBLIC[pair.resource_type]:
        was, now = (_public(at(side, path)) for side in pair.properties)
        if now and not was:
            yield Opened(Severity.DANGER, "can be reached from the internet", f"{path}: {now}", NETWORK)


def _public(value: Any) -> str:
    text = show(value)
    return text if text.lower() == "true" or text == "SERVICE_PROVIDED_EIPS" else ""


def _unless_said(pair: Pair) -> Look:
    """Open to the internet where nobody says otherwise: it is dangerous where somebody did."""
    path = OPEN_UNLESS_SAID[pair.resource_type]
    was, now = (show(at(side, path)).lower() for side in pair.properties)
    if pair.before and was == "false" and now != "false":
        yield Opened(
            Severity.DANGER, "can be reached from the internet", f"{path}: false → {now or 'not set'}", NETWORK
        )


def _search(pair: Pair) -> Look:
    """A domain leaves its network: only its access policy keeps strangers out."""
    was, now = (bool(side.get("VPCOptions")) for side in pair.properties)
    if pair.before and was and not now:
        yield Opened(Severity.DANGER, "can be reached from the internet", "VPCOptions: gone", NETWORK)


def _identities(pair: Pair) -> Look:
    was, now = (true(side.get("AllowUnauthenticatedIdentities")) for side in pair.properties)
    if now and not was:
        yield Opened(
            Severity.WARNING,
            "gives AWS credentials to visitors who did not sign in",
            "AllowUnauthenticatedIdentities: true",
            "Look at what the role for guests allows.",
        )


def _sign_up(pair: Pair) -> Look:
    was, now = (true(at(side, "AdminCreateUserConfig/AllowAdminCreateUserOnly")) for side in pair.properties)
    if was and not now:
        yield Opened(
            Severity.WARNING,
            "lets everybody sign up",
            "AllowAdminCreateUserOnly: true → false",
            "Look at what somebody who has signed up may do.",
        )


ACCESSIBLE = ("PubliclyAccessible",)
PUBLIC = {
    "AWS::RDS::DBInstance": ACCESSIBLE,
    "AWS::RDS::DBCluster": ACCESSIBLE,
    "AWS::Redshift::Cluster": ACCESSIBLE,
    "AWS::RedshiftServerless::Workgroup": ACCESSIBLE,
    "AWS::DMS::ReplicationInstance": ACCESSIBLE,
    "AWS::AmazonMQ::Broker": ACCESSIBLE,
    "AWS::Timestream::InfluxDBInstance": ACCESSIBLE,
    "AWS::NeptuneGraph::Graph": ("PublicConnectivity",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo/ConnectivityInfo/PublicAccess/Type",),
}
OPEN_UNLESS_SAID = {
    "AWS::AppRunner::Service": "NetworkConfiguration/IngressConfiguration/IsPubliclyAccessible",
    "AWS::EKS::Cluster": "ResourcesVpcConfig/EndpointPublicAccess",
}
LOOKS = {
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::AccessPoint": _bucket,
    "AWS::EC2::SecurityGroup": _rules_open,
    "AWS::EC2::SecurityGroupIngress": _rules_open,
    "AWS::OpenSearchService::Domain": _search,
    "AWS::Elasticsearch::Domain": _search,
    "AWS::Cognito::IdentityPool": _identities,
    "AWS::Cognito::UserPool": _sign_up,
    **dict.fromkeys(PUBLIC, _database),
    **dict.fromkeys(OPEN_UNLESS_SAID, _unless_said),
}
