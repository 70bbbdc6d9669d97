"""Promotions: planned, read, carried out, thrown away."""
