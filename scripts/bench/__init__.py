"""Measure Seed beside what a person would run instead."""
