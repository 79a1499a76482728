"""Go: modules and GOPATH."""

from lightship.ecosystems.model import Ecosystem, Toolchain

GO = Ecosystem(
    name="go",
    manifests=("go.mod",),
    caches=(
        "{home}/.cache/go-build",
        "{home}/.config/go/telemetry",
        "{home}/go/pkg/mod",
        "{home}/go/pkg/sumdb",
        "go/pkg/mod",
        "go/pkg/sumdb",
    ),
    toolchains=(
        Toolchain(
            name="the Go toolchain",
            trees=("usr/local/go", "usr/lib/go-*", "usr/share/go-*"),
            programs=("go", "gofmt"),
            source="https://go.dev/doc/install",
        ),
    ),
)
