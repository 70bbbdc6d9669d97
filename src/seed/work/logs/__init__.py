"""Logs of jobs: written, masked, limited, followed."""
