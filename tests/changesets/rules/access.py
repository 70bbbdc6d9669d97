"""Who may do what, and what the internet can reach."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    BUCKET,
    FUNCTION,
    ROLE,
    Case,
    allow,
    bad,
    bad_stack,
    everybody,
    good,
    good_stack,
    role,
)
from tests.changesets.templates import stack

BUCKET_POLICY, QUEUE_POLICY = "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"
LAYER = "AWS::Lambda::LayerVersionPermission"
SOMEBODY = everybody(Principal={"AWS": "123456789012"})
BLOCKED = {"PublicAccessBlockConfiguration": dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)}  # fmt: skip
METHOD, ROUTE, REST, HTTP = (
    "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
)
ENDPOINT = "AWS::EC2::VPCEndpoint"
GROUP, INGRESS, URL, GRAPH = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::Lambda::Url", "AWS::AppSync::GraphQLApi"  # fmt: skip

POOL, MANAGED = "AWS::Cognito::UserPool", "AWS::IAM::ManagedPolicy"


def held_by(*roles: str) -> dict[str, Any]:
    return {"PolicyDocument": {"Statement": [allow("a:b")]}, "Roles": list(roles)}


def under(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


def deny(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **more}


def denied(**roles: str) -> dict[str, Any]:
    """A policy for each, under its logical id, that denies its role the same."""
    document = {"Statement": [deny()]}
    policies = {
        name: ("AWS::IAM::Policy", {"PolicyDocument": document, "PolicyName": name, "Roles": [role]})
        for name, role in roles.items()
    }
    return stack(Q=("AWS::SQS::Queue", {}), **policies)


def worked_by(name: str, **more: Any) -> dict[str, Any]:
    """A function that works with one of two roles."""
    function = {"Code": {"ZipFile": "x"}, "Role": {"Fn::GetAtt": [name, "Arn"]}, **more}
    return stack(A=(ROLE, role()), B=(ROLE, role()), X=(FUNCTION, function))


INSIDE = {"EndpointConfiguration": {"Types": ["PRIVATE"]}}
HERE = {"Policy": {"Statement": [allow("execute-api:Invoke", "*", Principal="*", **under("IpAddress", "aws:SourceIp", "192.0.2.0/24"))]}}  # fmt: skip


def port(number: int | str, cidr: str, key: str = "CidrIp") -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": number, "ToPort": number, key: cidr}


def opened(*ports: dict[str, Any]) -> dict[str, Any]:
    return {"SecurityGroupIngress": list(ports)}


def cors(origin: str, *, credentials: bool, name: str = "CorsConfiguration") -> dict[str, Any]:
    return {name: {"AllowOrigins": [origin], "AllowCredentials": credentials}}


SCHEMES = {
    "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
}


def body(method: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Body": {"openapi": "3.0.1", "paths": {"/orders": {"get": method}}, "components": {"securitySchemes": SCHEMES}, **more}}  # fmt: skip


def sam(kind: str, auth: dict[str, Any], api: dict[str, Any] | None = None) -> dict[str, Any]:
    """A SAM function with one event; the API's own settings where it has any."""
    event = {"Path": "/orders", "Method": "get", **({"Auth": auth} if auth else {})}
    function = {
        "Handler": "a.b",
        "Runtime": "nodejs22.x",
        "InlineCode": "x",
        "Events": {"E": {"Type": kind, "Properties": event}},
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", **stack(F=("AWS::Serverless::Function", function))}
    if api is not None:
        event["ApiId" if kind == "HttpApi" else "RestApiId"] = {"Ref": "Gate"}
        template["Resources"]["Gate"] = {"Type": f"AWS::Serverless::{kind}", "Properties": {"StageName": "p", **api}}
    return template


IAM, NONE = {"Authorizer": "AWS_IAM"}, {"Authorizer": "NONE"}
JWT = {"Auth": {"DefaultAuthorizer": "J", "Authorizers": {"J": {"IdentitySource": "$request.header.Authorization", "JwtConfiguration": {"issuer": "https://a.example", "audience": ["b"]}}}}}  # fmt: skip


def policy_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": list(statements)}}


def bucket(*policies: dict[str, Any]) -> dict[str, Any]:
    """A bucket with its policy, if any."""
    return stack(B=(BUCKET, {}), **{f"P{n}": (BUCKET_POLICY, one) for n, one in enumerate(policies)})


JWTS, LISTENER = "AWS::ApiGatewayV2::Authorizer", "AWS::ElasticLoadBalancingV2::Listener"
BALANCER, CDN = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::CloudFront::Distribution"


GITHUB = "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"


def trusting(provider: str, **asked: str) -> dict[str, Any]:
    condition = {"StringLike": {f"{provider.rpartition('/')[2]}:{key}": value for key, value in asked.items()}}
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {"AssumeRolePolicyDocument": {"Statement": [statement | ({"Condition": condition} if asked else {})]}}


def scoped(*scopes: str) -> dict[str, Any]:
    return {"RouteKey": "GET /a", "AuthorizationType": "JWT", "AuthorizationScopes": list(scopes)}


def jwt(*audience: str, issuer: str = "https://pool.example") -> dict[str, Any]:
    return {"JwtConfiguration": {"Audience": list(audience), "Issuer": issuer}}


def listening(*kinds: str) -> dict[str, Any]:
    return {"DefaultActions": [{"Type": kind} for kind in kinds]}


def serving(**behavior: Any) -> dict[str, Any]:
    return {"DistributionConfig": {"DefaultCacheBehavior": {"TargetOriginId": "o", **behavior}}}


CASES: list[Case] = [
    bad("access-public", "danger", BUCKET_POLICY, SOMEBODY, everybody()),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("Bool", "aws:SecureTransport", "true"))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("StringLike", "aws:PrincipalArn", "*"))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"]))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("IpAddress", "aws:SourceIp", ["::/1", "8000::/1"]))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("StringNotEquals", "aws:SourceVpce", "vpce-1"))),
    bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"))),
    bad("access-public", "danger", QUEUE_POLICY, None, {"PolicyDocument": {"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "sqs:*"}]}}),
    bad("access-public", "danger", "AWS::KMS::Key", None, {"KeyPolicy": {"Statement": [allow("kms:*", "*", Principal={"AWS": "*"})]}}),
    bad("access-public", "danger", "AWS::Lambda::Permission", None, {"Principal": "*", "Action": "lambda:InvokeFunction", "FunctionName": "f"}),
    bad("access-public", "danger", LAYER, None, {"Principal": "*", "Action": "lambda:GetLayerVersion", "LayerVersionArn": "l"}),
    good("access-public", BUCKET_POLICY, everybody(), SOMEBODY),
    good("access-public", BUCKET_POLICY, None, everybody(**under("StringEquals", "aws:SourceAccount", "123456789012"))),
    good("access-public", BUCKET_POLICY, None, everybody(**under("StringEquals", "AWS:PrincipalOrgID", ["o-1", "o-2"]))),
    good("access-public", BUCKET_POLICY, None, everybody(**under("ArnLike", "aws:SourceArn", {"Fn::GetAtt": ["Q", "Arn"]}))),
    *(bad("access-public", "danger", BUCKET_POLICY, None, everybody(**under("ArnLike", "aws:SourceArn", arn)))
      for arn in ("arn:aws:sns:*:*:topic", "arn:aws:s3:::*", "arn:*", "*")),
    *(good("access-public", BUCKET_POLICY, None, everybody(**under("ArnLike", "aws:SourceArn", arn)))
      for arn in ("arn:aws:sns:*:123456789012:*", "arn:aws:s3:::orders", "arn:aws:s3:::orders-*")),
    bad("access-public", "danger", "AWS::Events::EventBusPolicy", None, {"StatementId": "s", "Principal": "*", "Action": "events:PutEvents"}),
    good("access-public", BUCKET_POLICY, None, everybody(**under("StringEquals", "aws:SourceVpce", "vpce-1"))),
    good("access-public", BUCKET_POLICY, None, everybody(**under("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32"]))),
    good("access-public", LAYER, None, {"Principal": "*", "OrganizationId": "o-1", "Action": "lambda:GetLayerVersion"}),
    good("access-public", "AWS::Lambda::Permission", None, {"Principal": "*", "SourceArn": "arn:a", "Action": "lambda:InvokeFunction"}),
    good_stack("access-public", stack(L1=(LAYER, {"Principal": "*", "Action": "a", "LayerVersionArn": "l:1"})), stack(L2=(LAYER, {"Principal": "*", "Action": "a", "LayerVersionArn": "l:2"}))),
    bad("access-sweeping", "danger", ROLE, role(allow("sqs:SendMessage")), role(allow("*", "*"))),
    bad("access-sweeping", "danger", ROLE, role(), role(allow("dynamodb:*", "*"))),
    bad("access-sweeping", "danger", ROLE, role(), role(allow("iam:PassRole", "*"))),
    bad("access-sweeping", "danger", ROLE, role(), role(allow("s3:*", "arn:aws:s3:::*"))),
    bad("access-sweeping", "danger", ROLE, role(), role({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})),
    bad("access-sweeping", "danger", ROLE, role(), role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"])),
    bad("access-sweeping", "danger", ROLE, role(), role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonS3FullAccess"])),
    good("access-public", ENDPOINT, None, everybody(Action="*", Resource="*")),
    good("access-sweeping", ENDPOINT, None, everybody(Action="*", Resource="*")),
    bad("access-widened", "warning", ENDPOINT, everybody(), everybody(Action="*", Resource="*")),
    good("access-widened", ENDPOINT, {}, everybody(Action="*", Resource="*")),
    bad("access-sweeping", "danger", "AWS::IoT::Policy", {"PolicyDocument": {"Statement": [allow("iot:Connect")]}}, {"PolicyDocument": {"Statement": [allow("*", "*")]}}),
    bad("access-public", "danger", "AWS::Lambda::ResourcePolicy", None, everybody()),
    bad("access-widened", "warning", "AWS::RAM::ResourceShare", {"Principals": ["1"]}, {"Principals": ["1", "2"]}),
    bad("another-role", "warning", FUNCTION, {"Role": "arn:aws:iam::111122223333:role/a"}, {"Role": "arn:aws:iam::111122223333:role/b"}),
    bad_stack("another-role", "notice", worked_by("A"), worked_by("B")),
    good_stack("another-role", worked_by("A"), worked_by("A", MemorySize=512)),
    bad("exposed", "danger", "AWS::EKS::Cluster", {"ResourcesVpcConfig": {"EndpointPublicAccess": False}}, {"ResourcesVpcConfig": {}}),
    good("exposed", "AWS::EKS::Cluster", {}, {"ResourcesVpcConfig": {"EndpointPublicAccess": True}}),
    bad("exposed", "danger", "AWS::ApiGatewayV2::DomainName", {"MutualTlsAuthentication": {"TruststoreUri": "s3://a/b"}}, {}),
    bad("exposed", "danger", "AWS::VpcLattice::Service", {"AuthType": "AWS_IAM"}, {}),
    bad("exposed", "warning", HTTP, {"DisableExecuteApiEndpoint": True}, {}),
    good("exposed", HTTP, None, {"ProtocolType": "HTTP"}),
    bad("access-widened", "warning", ENDPOINT, everybody(), {}),
    good("access-widened", ENDPOINT, {}, everybody()),
    bad("access-widened", "warning", "AWS::EFS::FileSystem", {"FileSystemPolicy": HERE["Policy"]}, {}),
    good("access-widened", "AWS::EFS::FileSystem", {}, {"FileSystemPolicy": HERE["Policy"]}),
    bad("access-public", "danger", REST, HERE, {}),
    good("access-widened", REST, {}, HERE),
    good("access-public", REST, {"Name": "a"}, {"Name": "b"}),
    good("access-public", REST, {**HERE, **INSIDE}, INSIDE),
    good("access-public", REST, HERE, {"BodyS3Location": {"Bucket": "b", "Key": "k"}}),
    good("access-sweeping", ROLE, role(), role(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/orders"))),
    good("access-sweeping", ROLE, role(), role(allow("dynamodb:GetItem", "*"))),
    good("access-sweeping", ROLE, role(), role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"])),
    bad("access-widened", "warning", ROLE, role(allow("sqs:SendMessage")), role(allow(["sqs:SendMessage", "sqs:DeleteQueue"]))),
    bad("access-widened", "warning", ROLE, role(allow("sqs:SendMessage")), role(allow("sqs:SendMessage", "*"))),
    bad("access-widened", "warning", ROLE, role(allow("a:b", **under("Bool", "x", "y"))), role(allow("a:b"))),
    bad("access-widened", "warning", BUCKET_POLICY, SOMEBODY, everybody(Principal={"AWS": ["123456789012", "210987654321"]})),
    bad("access-widened", "warning", ROLE, {"AssumeRolePolicyDocument": {"Statement": []}}, {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "123456789012"}}]}}),
    bad("access-widened", "warning", ROLE, role(allow("a:b"), deny()), role(allow("a:b"))),
    bad("access-widened", "warning", ROLE, {**role(), "PermissionsBoundary": "arn:aws:iam::1:policy/b"}, role()),
    bad("access-widened", "warning", ROLE, {**role(), "PermissionsBoundary": "a"}, {**role(), "PermissionsBoundary": "b"}),
    bad("access-widened", "warning", MANAGED, held_by("a"), held_by("a", "b")),
    good("access-widened", ROLE, role(), {**role(), "PermissionsBoundary": "arn:aws:iam::1:policy/b"}),
    good("access-widened", MANAGED, held_by("a", "b"), held_by("b")),
    bad("access-widened", "warning", ROLE, role({"Effect": "Allow", "NotAction": ["a:b", "a:c"], "Resource": "r"}), role({"Effect": "Allow", "NotAction": ["a:b"], "Resource": "r"})),
    bad("access-widened", "warning", ROLE, role({"Effect": "Allow", "NotAction": ["a:b"], "Resource": "r"}), role({"Effect": "Allow", "NotAction": ["a:b"], "Resource": "r"}, allow("a:b", "r"))),
    bad_stack("access-widened", "warning", bucket(policy_of(deny(Principal="*"))), bucket()),
    bad_stack("access-widened", "warning", denied(A="Reader", B="Writer"), denied(B="Writer")),
    good_stack("access-widened", denied(A="Reader"), denied(B="Reader")),
    good_stack("access-widened", bucket(policy_of(deny(Principal="*"))), {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}),
    good_stack("access-widened", bucket(policy_of(allow("a:b", Principal={"AWS": "1"}))), bucket()),
    good("access-widened", ROLE, role(allow(["a:b", "a:c"])), role(allow("a:b"))),
    good("access-widened", ROLE, role(allow("a:*")), role(allow("a:b"))),
    good("access-widened", ROLE, role(allow("A:B")), role(allow("a:b"))),
    good("access-widened", ROLE, role(allow("a:b", "*")), role(allow("a:b", "arn:x"))),
    good("access-widened", ROLE, role(deny(**under("StringNotEquals", "k", ["a", "b"]))), role(deny(**under("StringNotEquals", "k", ["b", "a"])))),
    good("access-widened", ROLE, role(allow("a:b", **under("StringEquals", "k", "a"))), role(allow("a:b", **under("StringEquals", "k", ["a"])))),
    good("access-widened", ROLE, role({"Effect": "Allow", "NotAction": ["a:b"], "Resource": "r"}), role({"Effect": "Allow", "NotAction": ["a:c", "a:b"], "Resource": "r"})),
    bad("access-new", "notice", ROLE, None, role(allow("sqs:SendMessage"))),
    good_stack("access-new", None, stack(R=(ROLE, role(allow("sqs:SendMessage"))))),
    bad("exposed", "danger", METHOD, {"AuthorizationType": "CUSTOM"}, {"AuthorizationType": "NONE"}),
    bad("exposed", "danger", ROUTE, {"RouteKey": "GET /a", "AuthorizationType": "JWT"}, {"RouteKey": "GET /a"}),
    bad("exposed", "warning", METHOD, {"ApiKeyRequired": True}, {}),
    bad("exposed", "notice", ROUTE, None, {"RouteKey": "GET /a"}),
    bad("exposed", "notice", ROUTE, None, {"RouteKey": "$connect"}),
    bad("exposed", "danger", REST, body({"security": [{"iam": []}]}), body({})),
    bad("exposed", "danger", HTTP, body({}, security=[{"iam": []}]), body({"security": []}, security=[{"iam": []}])),
    bad("exposed", "danger", REST, body({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}), body({"x-amazon-apigateway-auth": {"type": "NONE"}})),
    bad("exposed", "danger", REST, body({"security": [{"iam": []}]}), body({"security": [{"key": []}]})),
    bad("exposed", "warning", REST, body({"security": [{"key": []}]}), body({})),
    bad("exposed", "notice", REST, {"Body": {"paths": {}}}, body({})),
    bad("exposed", "danger", REST, {"EndpointConfiguration": {"Types": ["PRIVATE"]}}, {"EndpointConfiguration": {"Types": ["REGIONAL"]}}),
    bad_stack("exposed", "danger", sam("Api", IAM), sam("Api", {})),
    bad_stack("exposed", "danger", sam("HttpApi", {}, JWT), sam("HttpApi", NONE, JWT)),
    bad("exposed", "danger", GRAPH, {"AuthenticationType": "AWS_IAM"}, {"AuthenticationType": "API_KEY"}),
    bad("exposed", "warning", GRAPH, {"AuthenticationType": "AWS_IAM"}, {"AuthenticationType": "AWS_IAM", "AdditionalAuthenticationProviders": [{"AuthenticationType": "API_KEY"}]}),
    bad("exposed", "danger", URL, {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}),
    bad("exposed", "warning", URL, {}, cors("*", credentials=True, name="Cors")),
    bad("exposed", "warning", HTTP, cors("*", credentials=False), cors("*", credentials=True)),
    bad("exposed", "warning", HTTP, body({}), body({}, **{"x-amazon-apigateway-cors": {"allowOrigins": ["*"], "allowCredentials": True}})),
    bad("exposed", "danger", BUCKET, BLOCKED, {}),
    bad("exposed", "danger", BUCKET, {}, {"AccessControl": "PublicRead"}),
    bad("exposed", "danger", "AWS::S3::AccessPoint", BLOCKED, {}),
    bad("exposed", "danger", GROUP, {}, opened(port(22, "0.0.0.0/0"))),
    bad("exposed", "danger", GROUP, {}, opened(port(22, "::/0", "CidrIpv6"))),
    good("exposed", GROUP, {}, opened(port(22, "fd00::/8", "CidrIpv6"))),
    bad("exposed", "danger", GROUP, {}, opened(port(22, "fd00::/0", "CidrIpv6"))),
    bad("exposed", "danger", GROUP, {}, opened({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"})),
    bad("exposed", "warning", INGRESS, None, port(443, "0.0.0.0/0")),
    bad("exposed", "danger", GROUP, {}, opened(port(22, "0.0.0.0/1"), port(22, "128.0.0.0/1"))),
    bad("exposed", "danger", GROUP, {}, opened(port(22, "2000::/3", "CidrIpv6"))),
    bad("exposed", "warning", POOL, {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}, {}),
    good("exposed", POOL, {}, {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}),
    good("exposed", GROUP, {}, opened(port(22, "fd00:1234::/32", "CidrIpv6"))),
    bad("exposed", "danger", "AWS::RDS::DBInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    bad("exposed", "danger", "AWS::RDS::DBCluster", {}, {"PubliclyAccessible": True}),
    bad("exposed", "danger", "AWS::Redshift::Cluster", {}, {"PubliclyAccessible": True}),
    bad("exposed", "danger", "AWS::DMS::ReplicationInstance", {}, {"PubliclyAccessible": True}),
    bad("exposed", "danger", "AWS::MSK::Cluster", {}, {"BrokerNodeGroupInfo": {"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}}}),
    bad("exposed", "danger", "AWS::OpenSearchService::Domain", {"VPCOptions": {"SubnetIds": ["s"]}}, {}),
    bad("exposed", "warning", "AWS::Cognito::IdentityPool", {}, {"AllowUnauthenticatedIdentities": True}),
    good("exposed", BUCKET, None, {}),
    good("exposed", BUCKET, {}, {"AccessControl": "Private"}),
    good("exposed", METHOD, {"AuthorizationType": "NONE"}, {"AuthorizationType": "NONE", "ApiKeyRequired": True}),
    good("exposed", METHOD, None, {"HttpMethod": "OPTIONS"}),
    good("exposed", ROUTE, None, {"RouteKey": "sendMessage"}),
    good("exposed", REST, body({}), body({"security": [{"iam": []}]})),
    good("exposed", REST, body({"security": [{"iam": []}]}), body({"security": [{"iam": []}], "description": "d"})),
    good_stack("exposed", sam("Api", {}), sam("Api", IAM)),
    good("exposed", GRAPH, {"AuthenticationType": "API_KEY"}, {"AuthenticationType": "AWS_IAM"}),
    good("exposed", HTTP, {}, cors("https://shop.example", credentials=True)),
    good("exposed", GROUP, {}, opened(port(22, "10.0.0.0/8"))),
    good("exposed", GROUP, opened(port(22, "0.0.0.0/0")), {**opened(port(22, "0.0.0.0/0")), "GroupDescription": "d"}),
    good("exposed", GROUP, opened({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}), opened(port(22, "0.0.0.0/0"))),
    good("exposed", GROUP, opened({**port(20, "0.0.0.0/0"), "ToPort": 30}), opened(port(22, "0.0.0.0/0"))),
    bad("exposed", "danger", GROUP, opened({**port(20, "0.0.0.0/0"), "ToPort": 30}), opened({**port(22, "0.0.0.0/0"), "ToPort": 31})),
    bad("exposed", "danger", GROUP, opened({**port(20, "0.0.0.0/0"), "ToPort": 30}), opened({**port(19, "0.0.0.0/0"), "ToPort": 30})),
    bad("exposed", "warning", GROUP, {}, opened({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"})),
    bad("access-public", "danger", ROLE, trusting(GITHUB, sub="repo:me/shop:*"), trusting(GITHUB, aud="sts.amazonaws.com")),
    bad("access-public", "danger", ROLE, None, trusting(GITHUB, sub="repo:*")),
    good("access-public", ROLE, None, trusting(GITHUB, sub="repo:me/*")),
    bad("access-public", "danger", ROLE, None, trusting("cognito-identity.amazonaws.com")),
    good("access-public", ROLE, None, trusting("cognito-identity.amazonaws.com", aud="eu-west-1:pool")),
    good("access-public", ROLE, None, trusting("arn:aws:iam::1:oidc-provider/our.own.example")),
    bad("exposed", "warning", ROUTE, scoped("a", "b"), scoped()),
    bad("exposed", "warning", METHOD, scoped("a"), scoped("a", "b")),
    good("exposed", ROUTE, scoped("a", "b"), scoped("a")),
    good("exposed", ROUTE, scoped(), scoped("a")),
    bad("exposed", "warning", JWTS, jwt("a"), jwt("a", "b")),
    bad("exposed", "warning", JWTS, jwt("a"), jwt("a", issuer="https://other.example")),
    good("exposed", JWTS, jwt("a", "b"), jwt("a")),
    bad("exposed", "warning", "AWS::ApiGateway::Authorizer", {"ProviderARNs": ["a"]}, {"ProviderARNs": ["a", "b"]}),
    bad("exposed", "danger", LISTENER, listening("authenticate-cognito", "forward"), listening("forward")),
    good("exposed", LISTENER, listening("authenticate-cognito", "forward"), listening("authenticate-oidc", "forward")),
    bad("exposed", "danger", BALANCER, {"Scheme": "internal"}, {}),
    good("exposed", BALANCER, {"Scheme": "internal"}, {"Scheme": "internal", "Subnets": ["s"]}),
    bad("exposed", "danger", CDN, serving(TrustedKeyGroups=["k"]), serving()),
    good("exposed", CDN, serving(TrustedKeyGroups=["k"]), serving(TrustedSigners=["self"])),
    bad("exposed", "warning", GRAPH, {"UserPoolConfig": {"DefaultAction": "DENY"}}, {"UserPoolConfig": {"DefaultAction": "ALLOW"}}),
    bad("exposed", "notice", "AWS::Cognito::UserPoolClient", {"CallbackURLs": ["https://a"]}, {"CallbackURLs": ["https://a", "https://b"]}),
    good("exposed", "AWS::Cognito::UserPoolClient", {"CallbackURLs": ["https://a", "https://b"]}, {"CallbackURLs": ["https://a"]}),
    good("exposed", FUNCTION, {}, {"MemorySize": 256}),
]  # fmt: skip
