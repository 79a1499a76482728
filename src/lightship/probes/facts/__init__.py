"""What an image's files and configuration tell, read without starting anything. One file per kind of fact."""

from lightship.probes.facts.image import image_facts

__all__ = ["image_facts"]
