"""What Git can refuse, in our words."""

from seed.errors import Invalid, NotFound, SeedError


class RepositoryNotReadable(SeedError):
    """The repository cannot be cloned or fetched."""

    code = "repository-not-readable"
    status = 422


class BranchNotFound(NotFound):
    """The repository has no such branch."""

    code = "branch-not-found"


class CommitNotFound(NotFound):
    """The repository has no such commit."""

    code = "commit-not-found"


class InvalidRepositoryUrl(Invalid):
    """Not an address that Seed reads repositories from."""

    code = "invalid-repository-url"


class InvalidBranchName(Invalid):
    """Git would not take this as a branch's name."""

    code = "invalid-branch-name"
