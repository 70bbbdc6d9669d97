"""The embedded local AWS: MiniStack as a child process, its state kept in the data folder."""

from seed.aws.local.supervisor import Fence, LocalAws

__all__ = ["Fence", "LocalAws"]
