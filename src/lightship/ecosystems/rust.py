"""Rust: rustup and Cargo."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

RUST = Ecosystem(
    name="rust",
    manifests=("Cargo.toml",),
    caches=("{home}/.cargo/registry", "{home}/.cargo/git", "usr/local/cargo/registry", "usr/local/cargo/git"),
    toolchains=(
        Toolchain(
            name=said("the Rust toolchain"),
            trees=(
                "usr/local/rustup",
                "usr/local/cargo/bin/cargo*",
                "usr/local/cargo/bin/rust*",
                "{home}/.rustup",
            ),
            programs=("cargo", "rustc", "rustup"),
            source="https://rust-lang.github.io/rustup/installation/index.html",
        ),
    ),
)
