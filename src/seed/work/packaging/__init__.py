"""Packages: made for the build's own stage, and beside it for those downstream."""
