"""Whole programs: built, run and probed on a real engine."""
