"""Rust: rustup and Cargo."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

# By their names: what `cargo install` brings lies beside them, and may be called rust-something.
# https://rust-lang.github.io/rustup/concepts/proxies.html
_PROXIES = (
    "cargo",
    "cargo-clippy",
    "cargo-fmt",
    "cargo-miri",
    "clippy-driver",
    "rls",
    "rust-analyzer",
    "rust-gdb",
    "rust-gdbgui",
    "rust-lldb",
    "rustc",
    "rustdoc",
    "rustfmt",
    "rustup",
)
# Beside the results of a build, what only the next build reads: https://doc.rust-lang.org/cargo/reference/build-cache.html
# Not build/: a program may be linked to a library that a build script left there.
_INTERMEDIATE = (".fingerprint", "deps", "incremental")
# Where Dockerfiles have their project. Elsewhere only the largest part is looked for: comparisons look up every path
# that is missing in each pattern that begins with a star.
_PROJECTS = (
    "app",
    "app/*",
    "build",
    "code",
    "home/*",
    "home/*/*",
    "opt/*",
    "project",
    "root/*",
    "src",
    "usr/src",
    "usr/src/*",
)
_TRIPLES = ("", "*-*-*/")
_BUILD_CACHES = (
    *(
        f"{project}/target/{triple}{profile}/{name}"
        for project in _PROJECTS
        for triple in _TRIPLES
        for profile in ("release", "debug")
        for name in _INTERMEDIATE
    ),
    *(f"{project}/target/{triple}release/deps" for project in ("*", "*/*") for triple in _TRIPLES),
)

RUST = Ecosystem(
    name="rust",
    manifests=("Cargo.toml",),
    caches=(
        *(
            f"{home}/{name}"
            for home in ("{home}/.cargo", "usr/local/cargo")
            for name in ("registry", "git", ".global-cache", ".package-cache", ".package-cache-mutate")
        ),
        *_BUILD_CACHES,
    ),
    toolchains=(
        Toolchain(
            name=said("the Rust toolchain"),
            trees=(
                "usr/local/rustup",
                "{home}/.rustup",
                *(f"{home}/bin/{name}" for home in ("usr/local/cargo", "{home}/.cargo") for name in _PROXIES),
                # Only a shell that looks for them reads it.
                "usr/local/cargo/env*",
            ),
            programs=("cargo", "rustc", "rustup"),
            source="https://rust-lang.github.io/rustup/installation/index.html",
        ),
    ),
)
