"""The embedded local AWS: MiniStack as a child process, its state kept in the data folder."""

from seed.aws.local.supervisor import LocalAws

__all__ = ["LocalAws"]
