"""Thumbnails over HTTP."""
