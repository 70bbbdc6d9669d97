"""S3 locations in a template: found by the keys of the package's own files, and pointed elsewhere.

CloudFormation knows them in many shapes: `S3Bucket`+`S3Key` of code and layers, `Bucket`+`Key` of state
machines and API bodies, addresses of nested stacks, a key alone in an output. A key that is not of the
package's own files is somebody else's object and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.frameworks.texts import joined
from seed.packages.assets import Addressed

PAIRS = (("S3Bucket", "S3Key"), ("Bucket", "Key"), ("BucketName", "Key"), ("S3BucketName", "S3Key"))
ADDRESSES = ("https:", "http:", "s3:")


@dataclass(slots=True)
class Pointer:
    """Points every location of `files` at `bucket`; `used` gathers the keys that were met."""

    files: Mapping[str, Addressed]
    bucket: str
    region: str
    used: set[str] = field(default_factory=set)
    _keys: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        longest_first = sorted(self.files, key=len, reverse=True)
        self._keys = re.compile("|".join(re.escape(key) for key in longest_first))

    def point(self, value: Any) -> Any:
        if not self.files:
            return value
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list):
            return [self.point(item) for item in value]
        if isinstance(value, str):
            return self._text(value)
        return value

    def _mapping(self, value: dict[str, Any]) -> Any:
        for bucket, key in PAIRS:
            if bucket in value and isinstance(value.get(key), str) and value[key] in self.files:
                return {**value, bucket: self.bucket, key: self._met(value[key]).key}
        whole = joined(value)
        if whole is not None and whole.startswith(ADDRESSES):
            key = self._key_in(whole)
            if key:
                return self._address(key, whole)
        return {name: self.point(item) for name, item in value.items()}

    def _text(self, value: str) -> str:
        key = self._key_in(value)
        if not key:
            return value
        if value.startswith(ADDRESSES):
            return self._address(key, value)
        return value.replace(key, self._met(key).key)

    def _key_in(self, text: str) -> str:
        found = self._keys.search(text) if "/" in text else None
        return found[0] if found else ""

    def _address(self, key: str, kind: str) -> str:
        """Path style, which AWS and every endpoint that speaks its protocol understand."""
        asset = self._met(key)
        if kind.startswith("s3:"):
            return f"s3://{self.bucket}/{asset.key}"
        end = ".cn" if self.region.startswith("cn-") else ""
        return f"https://s3.{self.region}.amazonaws.com{end}/{self.bucket}/{asset.key}"

    def _met(self, key: str) -> Addressed:
        self.used.add(key)
        return self.files[key]
