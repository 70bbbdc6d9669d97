"""Seed: CI/CD for serverless apps on AWS; what you reviewed is what runs."""

__version__ = "0.1.0"
