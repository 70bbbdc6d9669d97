"""What customers have put into production's table by the time somebody changes its key."""

from __future__ import annotations

from seed.aws.port import Cloud
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings

STACK, TABLE = "orders-prod", "Orders"
ORDERS = (("o-1001", "ada"), ("o-1002", "ada"), ("o-1003", "grace"), ("o-1004", "barbara"), ("o-1005", "grace"))


def take_orders(cloud: Cloud, endpoint: str) -> None:
    """The same ones again are no more than there were."""
    dynamodb = AwsSession(AccountSettings(kind="local", region=cloud.region, endpoint_url=endpoint)).client("dynamodb")
    [table] = [one.physical_id for one in cloud.resources(STACK) if one.logical_id == TABLE]
    for number, customer in ORDERS:
        dynamodb.put_item(TableName=table, Item={"id": {"S": number}, "customer": {"S": customer}})
