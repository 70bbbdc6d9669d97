"""What is in an account of the fake AWS beside its stacks: assets, functions' code, buckets, parameters and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seed.aws.errors import AwsSaid, ReferenceMissing
from seed.aws.fake_stack import sha
from seed.aws.pace import NEAR, Pace
from seed.aws.values import Access, Identity
from seed.errors import SeedError


class FakeAccount:
    """Its part of `seed.aws.port.Cloud`; the stacks are `FakeCloud`'s."""

    def __init__(self, account: str, region: str, pace: Pace | None) -> None:
        self.account = account
        self.region = region
        self.pace = pace or Pace(NEAR)
        self.expired = False
        self.failing: list[SeedError] = []
        """The next calls raise these, one each."""
        self.buckets: dict[str, list[str]] = {}
        """Keys of the objects in a bucket."""
        self.analyzer: Access | SeedError | None = None
        """What Access Analyzer answers; None: by comparing the statements."""
        self.references: dict[tuple[str, str], str] = {}
        """(kind, name) of parameters and secrets, with their values."""
        self.secure: set[str] = set()
        """Which of these parameters are SecureStrings."""
        self._assets: dict[str, bytes] = {}
        self._codes: dict[str, str] = {}
        """Function → CodeSha256. A stack sets it where its template's code changes, and not otherwise."""
        self._clock = 0

    def identity(self) -> Identity:
        self._maybe_fail()
        return Identity(self.account, f"arn:aws:iam::{self.account}:role/seed", self.region)

    def environment(self) -> dict[str, str]:
        return {"AWS_REGION": self.region, "AWS_ACCESS_KEY_ID": "fake", "AWS_SECRET_ACCESS_KEY": "fake"}

    def empty_bucket(self, name: str) -> int:
        self._maybe_fail()
        return len(self.buckets.pop(name, []))

    def holds_anything(self, bucket: str) -> bool | None:
        self._maybe_fail()
        return bool(self.buckets.get(bucket))

    def assets_bucket(self) -> str:
        self._maybe_fail()
        return f"seed-assets-{self.account}-{self.region}"

    def has_asset(self, key: str) -> bool:
        self._maybe_fail()
        return key in self._assets

    def put_asset(self, key: str, path: Path) -> None:
        self._maybe_fail()
        self._assets[key] = path.read_bytes()

    def read_asset(self, key: str, to: Path) -> None:
        self._maybe_fail()
        to.write_bytes(self._assets[key])

    def code_sha256(self, function_name: str) -> str | None:
        self._maybe_fail()
        return self._codes.get(function_name)

    def layer_sha256(self, arn: str) -> str | None:
        self._maybe_fail()
        return self._codes.get(arn)

    def update_code(self, function_name: str, key: str) -> str:
        self._maybe_fail()
        if function_name not in self._codes or key not in self._assets:
            raise AwsSaid(f"There is no function {function_name} or no code {key}.", where=function_name)
        self._codes[function_name] = sha(self._assets[key])
        return self._codes[function_name]

    def new_access(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Access:  # noqa: ARG002
        self._maybe_fail()
        if isinstance(self.analyzer, SeedError):
            raise self.analyzer
        if self.analyzer is not None:
            return self.analyzer
        more = [one for one in after.get("Statement", []) if one not in before.get("Statement", [])]
        return Access(new=bool(more), reasons=tuple(json.dumps(one) for one in more))

    def referenced(self, kind: str, name: str) -> str:
        self._maybe_fail()
        if (kind, name) not in self.references:
            raise ReferenceMissing(f"There is no {kind} {name}.", where=name)
        return self.references[kind, name]

    def is_secure(self, name: str) -> bool:
        self.referenced("ssm", name)
        return name in self.secure

    def _arn(self, kind: str, name: str) -> str:
        self._clock += 1
        return f"arn:aws:cloudformation:{self.region}:{self.account}:{kind}/{name}/{self._clock}"

    def _maybe_fail(self) -> None:
        if self.failing:
            raise self.failing.pop(0)
