"""Packages that import from each other, and an AWS that dies on demand."""

from __future__ import annotations

import json
from typing import Any

from tests.work.dying import Died

from seed.aws.fake import FakeCloud
from seed.packages import Package


class MortalCloud(FakeCloud):
    """Dies at a call, and with it everybody who uses it until it is revived."""

    lives: int | None = None

    def _maybe_fail(self) -> None:
        if self.lives is not None:
            if self.lives <= 0:
                raise Died
            self.lives -= 1
        super()._maybe_fail()


def package(name: str, version: int) -> Package:
    """`orders` imports what `users` exports; `web` what `orders` does."""
    needs = {"orders": "users", "web": "orders"}.get(name)
    value: Any = {"Fn::ImportValue": f"{needs}-word"} if needs else "plain"
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": version + 1, "Word": value}},
            "Kept": {"Type": "AWS::SNS::Topic", "Properties": {}},
        },
        "Outputs": {"Word": {"Value": "x", "Export": {"Name": f"{name}-word"}}},
    }
    text = json.dumps(template, sort_keys=True)
    return Package(f"{name}-prod", "eu-west-1", "bucket", text, {}, {}, (), (), "machine")
