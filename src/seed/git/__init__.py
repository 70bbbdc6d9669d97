"""Git, by its own command line: mirror a repository, look into it, check a commit out."""

from seed.git.commit import Commit
from seed.git.errors import (
    BranchNotFound,
    CommitNotFound,
    InvalidBranchName,
    InvalidRepositoryUrl,
    RepositoryNotReadable,
)
from seed.git.hook import install_post_receive_hook
from seed.git.mirror import Mirror
from seed.git.signature import sign, verify
from seed.git.url import (
    check_branch,
    commit_links,
    compare_link,
    is_local,
    masked,
    normalise_url,
    parted,
    repository_path,
    user_and_password,
)

__all__ = [
    "BranchNotFound",
    "Commit",
    "CommitNotFound",
    "InvalidBranchName",
    "InvalidRepositoryUrl",
    "Mirror",
    "RepositoryNotReadable",
    "check_branch",
    "commit_links",
    "compare_link",
    "install_post_receive_hook",
    "is_local",
    "masked",
    "normalise_url",
    "parted",
    "repository_path",
    "sign",
    "user_and_password",
    "verify",
]
