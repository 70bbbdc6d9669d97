"""Looks at an account for a review: what a resource holds, who imports an export, whether a name is taken, whether
somebody changed it outside of its stack, whether a policy gives new access. All of it reads. What a type of resource
does not tell is None, not nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.empty import holds_anything
from seed.aws.session import AwsSession
from seed.aws.values import Access, Drift, Held, Moved

MOST_PAGES = 10
"""Of a bucket's list: beyond ten thousand objects the exact number says no more."""
GONE = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchEntity",
        "NotFound",
        "NotFoundException",
        "ParameterNotFound",
        "RepositoryNotFoundException",
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "StateMachineDoesNotExist",
        "FileSystemNotFound",
    }
)
DENIED_NAME = frozenset({"403", "AccessDenied", "Forbidden"})


class Looks:
    """The reads of `seed.aws.port.Cloud` that only a review needs."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._held: dict[str, Callable[[str], Held | None]] = {
            "AWS::DynamoDB::Table": self._table,
            "AWS::DynamoDB::GlobalTable": self._table,
            "AWS::S3::Bucket": self._bucket,
            "AWS::SQS::Queue": self._queue,
            "AWS::Logs::LogGroup": self._log_group,
            "AWS::Cognito::UserPool": self._user_pool,
            "AWS::EFS::FileSystem": self._file_system,
        }
        self._named: dict[str, Callable[[str], object]] = {
            "AWS::DynamoDB::Table": lambda name: self._client("dynamodb").describe_table(TableName=name),
            "AWS::S3::Bucket": lambda name: self._session.s3.head_bucket(Bucket=name),
            "AWS::SQS::Queue": lambda name: self._client("sqs").get_queue_url(QueueName=name),
            "AWS::Lambda::Function": lambda name: self._client("lambda").get_function_configuration(FunctionName=name),
            "AWS::IAM::Role": lambda name: self._client("iam").get_role(RoleName=name),
            "AWS::SecretsManager::Secret": lambda name: self._client("secretsmanager").describe_secret(SecretId=name),
            "AWS::ECR::Repository": lambda name: self._client("ecr").describe_repositories(repositoryNames=[name]),
        }

    def held(self, resource_type: str, physical_id: str) -> Held | None:
        look = self._held.get(resource_type)
        if look is None or not physical_id:
            return None
        try:
            return look(physical_id)
        except ClientError as error:
            if errors.code_of(error) in GONE:
                return None
            raise

    def importers(self, export: str) -> tuple[str, ...]:
        pages = self._session.cloudformation.get_paginator("list_imports").paginate(ExportName=export)
        try:
            return tuple(name for page in pages for name in page["Imports"])
        except ClientError as error:
            if "not imported" in errors.message_of(error) or "does not exist" in errors.message_of(error):
                return ()
            raise

    def taken(self, resource_type: str, name: str) -> bool | None:
        look = self._named.get(resource_type)
        if look is None:
            return self._listed(resource_type, name)
        try:
            look(name)
        except ClientError as error:
            if errors.code_of(error) in GONE:
                return False
            if resource_type == "AWS::S3::Bucket" and errors.code_of(error) in DENIED_NAME:
                return True  # of another account: bucket names are everybody's
            raise
        return True

    def drift(self, stack_name: str, logical_id: str) -> Drift | None:
        try:
            said = self._session.cloudformation.detect_stack_resource_drift(
                StackName=stack_name, LogicalResourceId=logical_id
            )["StackResourceDrift"]
        except ClientError as error:
            if "not supported" in errors.message_of(error):
                return None
            raise
        if said["StackResourceDriftStatus"] not in ("IN_SYNC", "MODIFIED", "DELETED"):
            return None
        moved = said.get("PropertyDifferences", [])
        return Drift(
            gone=said["StackResourceDriftStatus"] == "DELETED",
            moved=tuple(Moved(one["PropertyPath"], one["ExpectedValue"], one["ActualValue"]) for one in moved),
        )

    def new_access(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Access:
        policy: Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]
        policy = "IDENTITY_POLICY" if kind == "identity" else "RESOURCE_POLICY"
        said = self._client("accessanalyzer").check_no_new_access(
            existingPolicyDocument=json.dumps(before), newPolicyDocument=json.dumps(after), policyType=policy
        )
        reasons = tuple(reason.get("description", "") for reason in said.get("reasons", []))
        return Access(new=said["result"] == "FAIL", message=said.get("message", ""), reasons=reasons)

    def _client(self, service: str) -> Any:
        return self._session.client(service)

    def _table(self, name: str) -> Held:
        found = self._client("dynamodb").describe_table(TableName=name)["Table"]
        count = int(found.get("ItemCount", 0))
        if not count:  # counted by DynamoDB only every six hours: is there one?
            count = int(self._client("dynamodb").scan(TableName=name, Limit=1, Select="COUNT")["Count"])
            return Held(count, "item", exact=not count, at_least=bool(count))
        return Held(count, "item", size=int(found.get("TableSizeBytes", 0)), lag="up to 6 h old")

    def _bucket(self, name: str) -> Held | None:
        """What CloudWatch counted, once a day; a bucket of which it says nothing is listed, as far as that goes."""
        with ThreadPoolExecutor(2) as pool:
            number, size = pool.map(
                lambda metric: self._daily(name, *metric),
                (("NumberOfObjects", "AllStorageTypes"), ("BucketSizeBytes", "StandardStorage")),
            )
        if number:
            return Held(int(number[0]), "object", size=int(size[0] if size else 0), at=number[1])
        pages = self._session.s3.get_paginator("list_objects_v2").paginate(Bucket=name)
        count, total = 0, 0
        for index, page in enumerate(pages, 1):
            count += len(page.get("Contents", []))
            total += sum(one["Size"] for one in page.get("Contents", []))
            if index == MOST_PAGES and page.get("IsTruncated"):
                return Held(count, "object", size=total, at_least=True)
        return Held(count, "object", size=total, exact=True) if count else self._versions(name)

    def _versions(self, name: str) -> Held | None:
        """A list without objects is no empty bucket: old versions and marks of deletion hold it too."""
        left = holds_anything(self._session, name)
        if left is None:
            return None
        return Held(1, "old version", at_least=True) if left else Held(0, "object", exact=True)

    def _daily(self, bucket: str, metric: str, storage: str) -> tuple[float, datetime] | None:
        now = datetime.now(UTC)
        try:
            points = self._client("cloudwatch").get_metric_statistics(
                Namespace="AWS/S3",
                MetricName=metric,
                Dimensions=[{"Name": "BucketName", "Value": bucket}, {"Name": "StorageType", "Value": storage}],
                StartTime=now - timedelta(days=3),
                EndTime=now,
                Period=86_400,
                Statistics=["Average"],
            )["Datapoints"]
        except ClientError:
            return None  # not allowed, or not there: the list will say
        latest = max(points, key=lambda point: point["Timestamp"], default=None)
        return (float(latest["Average"]), latest["Timestamp"]) if latest and latest["Average"] else None

    def _queue(self, url: str) -> Held:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                 "ApproximateNumberOfMessagesDelayed"]  # fmt: skip
        said = self._client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return Held(sum(int(said.get(name, 0)) for name in names), "message")

    def _log_group(self, name: str) -> Held | None:
        group = self._group(name)
        return Held(int(group.get("storedBytes", 0)), "byte") if group else None

    def _listed(self, resource_type: str, name: str) -> bool | None:
        """Of types that are better listed than read: a parameter's value is nobody's business here."""
        if resource_type == "AWS::Logs::LogGroup":
            return self._group(name) is not None
        if resource_type == "AWS::SSM::Parameter":
            wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
            return bool(self._client("ssm").describe_parameters(ParameterFilters=wanted)["Parameters"])
        return None

    def _group(self, name: str) -> Mapping[str, Any] | None:
        pages = self._client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        return next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == name), None)

    def _user_pool(self, pool_id: str) -> Held:
        found = self._client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
        return Held(int(found.get("EstimatedNumberOfUsers", 0)), "user")

    def _file_system(self, file_system_id: str) -> Held:
        found = self._client("efs").describe_file_systems(FileSystemId=file_system_id)["FileSystems"][0]
        size = found["SizeInBytes"]
        return Held(int(size["Value"]), "byte", at=size.get("Timestamp"))
