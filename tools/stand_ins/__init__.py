"""Stand-in base images, made from Debian packages where Docker Hub cannot be reached.

Reading order: ``recipes`` says which images there are, ``rootfs`` makes their file systems, ``build`` turns them into
images, ``registry`` serves them, ``mirrors`` and ``dockerd`` make an unmodified ``FROM python:3.11-slim`` find them,
``cli`` is what ``tools/bases`` calls. ``host`` and ``places`` know the machine.

None of this is part of lightship itself: it only replaces a registry, for demos and tests.
"""
