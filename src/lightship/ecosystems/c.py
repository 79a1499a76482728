"""C and C++: make, CMake, autotools."""

from lightship.ecosystems.model import Ecosystem

C = Ecosystem(
    name="c",
    manifests=("Makefile", "CMakeLists.txt", "configure.ac", "meson.build"),
    caches=("{home}/.cache/ccache", "{home}/.ccache"),
)
