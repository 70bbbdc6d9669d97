"""Where a resource is found in AWS's own console, for those types whose page has a stable address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

PAGES = {
    "AWS::Lambda::Function": "lambda/home?region={region}#/functions/{id}",
    "AWS::DynamoDB::Table": "dynamodbv2/home?region={region}#table?name={id}",
    "AWS::S3::Bucket": "s3/buckets/{id}?region={region}",
    "AWS::SQS::Queue": "sqs/v3/home?region={region}#/queues/{id}",
    "AWS::SNS::Topic": "sns/v3/home?region={region}#/topic/{id}",
    "AWS::IAM::Role": "iam/home#/roles/details/{id}",
    "AWS::Logs::LogGroup": "cloudwatch/home?region={region}#logsV2:log-groups/log-group/{twice}",
    "AWS::ApiGateway::RestApi": "apigateway/main/apis/{id}/resources?api={id}&region={region}",
    "AWS::ApiGatewayV2::Api": "apigateway/main/api-detail?api={id}&region={region}",
    "AWS::Cognito::UserPool": "cognito/v2/idp/user-pools/{id}/info/overview?region={region}",
    "AWS::StepFunctions::StateMachine": "states/home?region={region}#/statemachines/view/{id}",
    "AWS::Events::Rule": "events/home?region={region}#/rules/{id}",
    "AWS::SecretsManager::Secret": "secretsmanager/secret?name={id}&region={region}",
    "AWS::CloudFormation::Stack": "cloudformation/home?region={region}#/stacks/stackinfo?stackId={id}",
    "AWS::KMS::Key": "kms/home?region={region}#/kms/keys/{id}",
    "AWS::ECR::Repository": "ecr/repositories?region={region}",
    "AWS::Kinesis::Stream": "kinesis/home?region={region}#/streams/details/{id}/monitoring",
    "AWS::CloudFront::Distribution": "cloudfront/v4/home#/distributions/{id}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A real account's region; there is no page for the local AWS."""

    region: str
    stack_id: str = ""

    @property
    def _root(self) -> str:
        if self.region.startswith("cn-"):
            return "https://console.amazonaws.cn/"
        if self.region.startswith("us-gov-"):
            return "https://console.amazonaws-us-gov.com/"
        return f"https://{self.region}.console.aws.amazon.com/"

    def link(self, resource_type: str, physical_id: str) -> str:
        """The resource's own page; its row in the stack where it has none; '' where neither can be."""
        if not physical_id:
            return ""
        page = PAGES.get(resource_type)
        once = quote(physical_id, safe="")
        if page:
            return self._root + page.format(region=self.region, id=once, twice=once.replace("%", "$25"))
        if not self.stack_id:
            return ""
        stack = quote(self.stack_id, safe="")
        return f"{self._root}cloudformation/home?region={self.region}#/stacks/resources?stackId={stack}"
