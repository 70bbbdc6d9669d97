"""What can go wrong between a framework's output and a stored package."""

from seed.errors import NotFound, SeedError


class AssetMissing(SeedError):
    """The template points to a file that the framework did not make."""

    code = "asset-missing"
    status = 422


class AssetTooLarge(SeedError):
    """A file of the package unpacks to more than anything in AWS would take."""

    code = "asset-too-large"
    status = 422


class PackageDamaged(SeedError):
    """A stored package or file is not what its address says."""

    code = "package-damaged"


class PackageGone(NotFound):
    """No package of this digest is stored."""

    code = "package-gone"


class StoreFull(SeedError):
    """The package store cannot be written."""

    code = "store-full"
