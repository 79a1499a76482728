"""One file per subcommand. Each has ``add_arguments(parser)`` and ``run(arguments) -> exit code``.

Only the chosen command's module is imported, so that ``--help`` stays quick.
"""

COMMANDS: tuple[tuple[str, str], ...] = (
    ("optimize", "split a Dockerfile into builder and runtime stages, and prove that the result does the same"),
    ("init", "write a first multi-stage Dockerfile for a Python, Node or Go project that has none"),
    ("compare", "build or open several Dockerfiles and images, and put their figures side by side"),
    ("verify", "say whether one image or Dockerfile does what another does, and how far that was shown"),
    ("inspect", "show what is in an image: layers, waste, who owns what, attack surface, secrets"),
    ("explore", "walk through an image at a terminal: layers, files, packages, waste, secrets"),
    ("diff", "show what differs between two images: layers, files, packages, attack surface, in bytes"),
    ("bases", "put base images side by side, as a registry has them now: sizes, layers, what is in them"),
    ("sbom", "write the packages of an image as a bill of materials (CycloneDX, SPDX)"),
    ("export", "write the files of an image, or some of them, to a folder"),
    ("rebuild", "measure what a rebuild costs after the edits that people make"),
    ("check", "find what is wrong with Dockerfiles, and fix it"),
    ("explain", "print the page of a rule"),
    ("rules", "list the rules of `lightship check`"),
    ("read", "print what lightship understands of a Dockerfile"),
    ("doctor", "say which engines answer, what they can do here, and how to get one"),
    ("completion", "print what bash, zsh or fish must read to complete lightship's commands"),
)
"""Name and one-line help, in the order of ``--help``. The module is ``lightship.commands.<name>``."""
