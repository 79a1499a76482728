"""lightship: container images that carry only what the program needs, and proof that they still do the same."""

__version__ = "0.1.0"
