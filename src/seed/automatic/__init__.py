"""Stages that come and go by themselves: one for each branch, or for each open pull request."""
