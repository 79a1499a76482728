"""Tests of the elf room."""
