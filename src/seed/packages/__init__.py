"""From what a framework wrote to what will run: canonical, addressed by content, stored once."""

from seed.packages.adopt import adopt, moved_layers
from seed.packages.errors import AssetMissing, PackageDamaged, StoreFull
from seed.packages.package import Package, PackagedAsset
from seed.packages.store import DiskStore, PackageStore
from seed.packages.trust import Trusted, trust

__all__ = [
    "AssetMissing",
    "DiskStore",
    "Package",
    "PackageDamaged",
    "PackageStore",
    "PackagedAsset",
    "StoreFull",
    "Trusted",
    "adopt",
    "moved_layers",
    "trust",
]
