"""Bring what a package needs to Seed's bucket of its account."""

from __future__ import annotations

from collections.abc import Callable

from seed.aws.port import Cloud
from seed.packages import Package, PackageStore


def upload(cloud: Cloud, package: Package, store: PackageStore, say: Callable[[str], None]) -> None:
    """What is there already, by content, is not sent again."""
    if package.assets:
        cloud.assets_bucket()
    for asset in package.assets:
        if cloud.has_asset(asset.key):
            continue
        say(f"Uploading {asset.key} ({asset.size:,} bytes)")
        cloud.put_asset(asset.key, store.path(asset.sha256))
