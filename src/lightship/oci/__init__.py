"""Images: configuration, layers, whiteouts, the merged root file system; read from archives, layouts and registries.

    with open_image("docker-archive:app.tar") as image:
        print(image.config.entrypoint, image.rootfs().size("usr/lib"))
        print(changes(image, 3).added)

What an image can make this room hold in memory is bounded: see ``limits``. Nothing here starts a program.
"""

from lightship.oci.compressed_size import compressed_size
from lightship.oci.extract import extract
from lightship.oci.history import match_history
from lightship.oci.image import Image, open_image
from lightship.oci.layer_changes import Change, LayerChanges, all_changes, changes, content_differs
from lightship.oci.model import Entry, Healthcheck, History, ImageConfig, Kind, Layer
from lightship.oci.rootfs import Located, Rootfs
from lightship.oci.source import Source, parse_source

__all__ = [
    "Change",
    "Entry",
    "Healthcheck",
    "History",
    "Image",
    "ImageConfig",
    "Kind",
    "Layer",
    "LayerChanges",
    "Located",
    "Rootfs",
    "Source",
    "all_changes",
    "changes",
    "compressed_size",
    "content_differs",
    "extract",
    "match_history",
    "open_image",
    "parse_source",
]
