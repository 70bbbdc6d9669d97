"""What a resource says of itself, against what its type and its service take."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    BUCKET,
    FUNCTION,
    LOGS,
    QUEUE,
    ROLE,
    TABLE_TYPE,
    Case,
    bad,
    bad_stack,
    good,
    good_stack,
    index,
    role,
    table,
)
from tests.changesets.templates import function, stack

TOPIC, SECRET = "AWS::SNS::Topic", "AWS::SecretsManager::Secret"
HTTP_CALL, METHOD = "AWS::ApiGatewayV2::Integration", "AWS::ApiGateway::Method"
NO_VALUE = {"Ref": "AWS::NoValue"}


def made(**more: Any) -> dict[str, Any]:
    """The properties of a function that has all it needs."""
    return function(**more)[1]


def variables(**named: Any) -> dict[str, Any]:
    return made(Environment={"Variables": named})


def perhaps(value: Any) -> dict[str, Any]:
    """A value that is there by a condition which nobody can decide."""
    return {
        "Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        **stack(X=(ROLE, {"AssumeRolePolicyDocument": {"Fn::If": ["Here", value, NO_VALUE]}})),
    }


def left_out(wanted: str) -> dict[str, Any]:
    """A role whose trust is left out where a condition does not hold."""
    return {
        "Conditions": {"Wanted": {"Fn::Equals": [wanted, "yes"]}},
        **stack(X=(ROLE, {"AssumeRolePolicyDocument": {"Fn::If": ["Wanted", {}, NO_VALUE]}})),
    }


def provided(name: str, **more: Any) -> dict[str, Any]:
    """A custom resource and the function that makes it."""
    maker = {"Type": "Custom::Any", "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}}
    return stack(F=(FUNCTION, made(FunctionName=name, **more)), X=maker)


CALL = {"ApiId": "a", "IntegrationType": "HTTP_PROXY"}
GENERATED = {"GenerateSecretString": {"PasswordLength": 20}}
CASES: list[Case] = [
    bad("property-missing", "danger", FUNCTION, None, {"Code": {"ZipFile": "x"}}),
    bad("property-missing", "danger", ROLE, role(), {"Policies": []}),
    bad("property-missing", "danger", TABLE_TYPE, None, table(GlobalSecondaryIndexes=[{**index("a"), "KeySchema": [{"KeyType": "HASH"}]}])),
    bad("property-missing", "danger", BUCKET, {}, {"VersioningConfiguration": {}}),
    bad("property-missing", "danger", ROLE, None, {"AssumeRolePolicyDocument": NO_VALUE}),
    bad_stack("property-missing", "danger", left_out("yes"), left_out("no")),
    good_stack("property-missing", left_out("no"), left_out("yes")),
    good_stack("property-missing", None, perhaps({})),
    good("property-missing", FUNCTION, None, made()),
    good("property-missing", ROLE, {}, {"Description": "was so before"}),
    good("property-missing", ROLE, None, {"Fn::Transform": {"Name": "Mine", "Parameters": {}}}),
    good("property-missing", BUCKET, None, {"VersioningConfiguration": {"Fn::Transform": {"Name": "Mine"}}}),
    good("property-missing", BUCKET, None, {"VersioningConfiguration": {"Ref": "AWS::NoValue"}}),
    good("property-missing", "Custom::Any", None, {}),
    good("property-missing", QUEUE, None, {"Newest": 30}),  # of which another rule speaks
    good("property-unknown", FUNCTION, None, {"Code": {"ZipFile": "x"}}),  # same
    good("property-missing", "AWS::Newest::Thing", None, {}),
    good("property-missing", "Somebody::Own::Module::MODULE", None, {}),
    good_stack("property-missing", None, {"Transform": "Mine", **stack(X=(ROLE, {}))}),
    bad("property-unknown", "danger", QUEUE, {}, {"VisibilityTimeOut": 30}),
    bad("property-unknown", "danger", QUEUE, {}, {"VisibiltyTimeout": 30}),
    bad("property-unknown", "danger", FUNCTION, made(), made(Environment={"variables": {"A": "1"}})),
    bad("property-unknown", "danger", TABLE_TYPE, None, table(SSESpecification={"SSEEnabled": True, "SseType": "KMS"})),
    bad("property-unknown", "warning", QUEUE, {}, {"Newest": 30}),
    bad("property-unknown", "warning", METHOD, None, {"HttpMethod": "GET", "RestApiId": "a", "ResourceId": "b", "Integration": {"Integrations": 1}}),
    good("property-unknown", QUEUE, {}, {"VisibilityTimeout": 30}),
    good("property-unknown", QUEUE, {"Odd": 1}, {"Odd": 1, "DelaySeconds": 1}),
    good("property-unknown", FUNCTION, made(), variables(VisibilityTimeOut="a name of theirs")),
    good("property-unknown", ROLE, None, {"AssumeRolePolicyDocument": {"statement": [], "Anything": {}}}),
    good("property-unknown", "Custom::Any", None, {"ServiceToken": "x", "Anything": 1}),
    good("property-unknown", "AWS::CloudFormation::CustomResource", None, {"ServiceToken": "x", "Anything": 1}),
    good("property-unknown", BUCKET, None, {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://x"}}}),
    good_stack("property-unknown", None, {"Transform": "Mine", **stack(X=(QUEUE, {"VisibilityTimeOut": 1}))}),
    bad("value-refused", "danger", FUNCTION, made(), made(Timeout=901)),
    bad("value-refused", "danger", FUNCTION, made(), made(Timeout="0")),
    bad("value-refused", "danger", FUNCTION, None, made(MemorySize=64)),
    bad("value-refused", "danger", FUNCTION, made(), made(MemorySize=10_241)),
    bad("value-refused", "danger", FUNCTION, None, made(PackageType="zip")),
    bad("value-refused", "danger", QUEUE, None, {"VisibilityTimeout": 43_201}),
    bad("value-refused", "danger", LOGS, None, {"RetentionInDays": 31}),
    bad("value-refused", "danger", HTTP_CALL, None, {**CALL, "TimeoutInMillis": 30_001}),
    bad("value-refused", "danger", TABLE_TYPE, None, table(BillingMode="ON_DEMAND")),
    bad("value-refused", "danger", "AWS::S3::Bucket", None, {"VersioningConfiguration": {"Status": "enabled"}}),
    bad("value-refused", "danger", FUNCTION, None, made(LoggingConfig={"LogFormat": "json"})),
    good("value-refused", FUNCTION, made(), made(Timeout=900, MemorySize=128)),
    good("value-refused", FUNCTION, made(Timeout=901), made(Timeout=901, MemorySize=256)),
    good("value-refused", FUNCTION, None, made(Timeout={"Ref": "AWS::Region"})),
    good("value-refused", FUNCTION, None, made(Runtime="nodejs99.x")),
    good("value-refused", LOGS, None, {"RetentionInDays": "30"}),
    good("value-refused", METHOD, None, {"HttpMethod": "GET", "RestApiId": "a", "ResourceId": "b", "Integration": {"Type": "HTTP", "TimeoutInMillis": 60_000}}),
    good("value-refused", TABLE_TYPE, None, table(BillingMode="{{resolve:ssm:mode}}")),
    good("value-refused", FUNCTION, None, made(PackageType="Newest")),
    bad("fifo-name", "danger", QUEUE, None, {"QueueName": "orders", "FifoQueue": True}),
    bad("fifo-name", "danger", QUEUE, None, {"QueueName": "orders.fifo"}),
    bad("fifo-name", "danger", QUEUE, None, {"QueueName": {"Fn::Sub": "${AWS::StackName}-orders"}, "FifoQueue": "true"}),
    bad("fifo-name", "danger", TOPIC, None, {"TopicName": "orders.fifo", "FifoTopic": False}),
    bad("fifo-name", "danger", TOPIC, {"TopicName": "orders"}, {"TopicName": "orders", "FifoTopic": True}),
    good("fifo-name", QUEUE, None, {"FifoQueue": True}),
    good("fifo-name", QUEUE, None, {"QueueName": {"Fn::Sub": "${AWS::StackName}.fifo"}, "FifoQueue": True}),
    good("fifo-name", QUEUE, None, {"QueueName": {"Fn::ImportValue": "name"}, "FifoQueue": True}),
    good("fifo-name", QUEUE, None, {"QueueName": {"Fn::Sub": "a${AWS::Region}"}, "FifoQueue": True}),
    good("fifo-name", TOPIC, None, {"TopicName": "orders"}),
    good("fifo-name", QUEUE, {"QueueName": "orders.fifo"}, {"QueueName": "orders.fifo", "DelaySeconds": 1}),
    bad("variables-refused", "danger", FUNCTION, None, variables(AWS_REGION="eu-west-1")),
    bad("variables-refused", "danger", FUNCTION, made(), variables(LAMBDA_TASK_ROOT="/x", _HANDLER="y")),
    bad("variables-refused", "danger", FUNCTION, made(), variables(**{"MY-KEY": "x"})),
    bad("variables-refused", "danger", FUNCTION, made(), variables(**{"_MINE": "x", "1": "y"})),
    bad("variables-refused", "danger", FUNCTION, made(), variables(A="x")),
    good("variables-refused", FUNCTION, variables(**{"MY-KEY": "x"}), variables(**{"MY-KEY": "y", "Ab_1": "z"})),
    bad("variables-refused", "danger", FUNCTION, made(), variables(LONG="x" * 4_093)),
    good("variables-refused", FUNCTION, made(), variables(LONG="x" * 4_092)),
    good("variables-refused", FUNCTION, made(), variables(LONG=f"{{{{resolve:ssm:/{'x' * 4_093}}}}}")),  # nobody knows
    good("variables-refused", FUNCTION, made(), variables(AWS_LAMBDA_EXEC_WRAPPER="/opt/run", TZ="UTC", REGION={"Ref": "AWS::Region"})),
    good("variables-refused", FUNCTION, variables(AWS_REGION="x"), variables(AWS_REGION="x", A1="1")),
    bad("secret-generated", "warning", SECRET, GENERATED, {"GenerateSecretString": {"PasswordLength": 21}}),
    bad("secret-generated", "warning", SECRET, {}, GENERATED),
    good("secret-generated", SECRET, GENERATED, {**GENERATED, "Description": "d"}),
    good("secret-generated", SECRET, None, GENERATED),
    good("secret-generated", SECRET, GENERATED, {}),
    bad("value-null", "danger", QUEUE, {}, {"DelaySeconds": None}),
    bad("value-null", "danger", QUEUE, None, {"Tags": [{"Key": "a", "Value": None}]}),
    good("value-null", QUEUE, {}, {"DelaySeconds": NO_VALUE}),
    good("value-null", QUEUE, {"DelaySeconds": None}, {"DelaySeconds": None, "QueueName": "q"}),
    good_stack("value-null", None, {"Transform": "Mine", **stack(X=(QUEUE, {"DelaySeconds": None}))}),
    bad_stack("value-null", "danger", None, stack(X={"Type": QUEUE, "Properties": None})),
    bad_stack("value-null", "danger", None, {**stack(X=(QUEUE, {})), "Mappings": {"M": {"a": {"b": None}}}}),
    bad("service-token", "warning", "Custom::Any", {"ServiceToken": "a"}, {"ServiceToken": "b"}),
    bad_stack("service-token", "warning", provided("a"), provided("b")),
    good_stack("service-token", provided("a"), provided("a", Timeout=9)),
    good("service-token", "Custom::Any", {"ServiceToken": "a", "V": 1}, {"ServiceToken": "a", "V": 2}),
    good("service-token", "Custom::Any", None, {"ServiceToken": "a"}),
]  # fmt: skip
