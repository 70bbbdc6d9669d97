"""What the workflows themselves have to refuse."""

from seed.errors import Conflict, SeedError


class PackageNotMade(SeedError):
    """The package for a downstream stage could not be made."""

    code = "package-not-made"
    status = 422


class DiskFull(SeedError):
    """There is no room left where Seed keeps its data."""

    code = "disk-full"
    status = 507


class WrongSignature(SeedError):
    """A webhook's signature does not fit its body."""

    code = "wrong-signature"
    status = 401


class PlannedAgain(Conflict):
    """What was reviewed has moved; a new plan is being made."""

    code = "planned-again"


class CommitNotThereYet(SeedError):
    """Something was told before the repository shows its commit."""

    code = "commit-not-there-yet"


class StageGoing(SeedError):
    """A stage is being removed while its branch or pull request has come back."""

    code = "stage-going"
    status = 409
