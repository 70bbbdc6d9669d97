"""Removals: what they would take away, and how they are carried out."""
