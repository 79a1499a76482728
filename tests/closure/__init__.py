"""Tests of the closure room."""
