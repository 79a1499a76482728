"""Tests of the distros room."""
