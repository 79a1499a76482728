"""Places that the cases do not have: what of them is a cache or a toolchain, and what beside it is not."""

from __future__ import annotations

import pytest

from lightship.ecosystems import PathPatterns, caches, toolchains

HOMES = ("root", "home/app")


@pytest.mark.parametrize(
    "path",
    [
        "zeta/target/release/deps/libserde.rlib",
        "srv/zeta/target/x86_64-unknown-linux-musl/release/deps/libserde.rlib",
        "usr/src/zeta/target/debug/incremental/zeta/x.o",
        "home/app/.cargo/registry/src/x",
        "opt/miniforge3/pkgs/numpy/x",
        "root/miniconda3/pkgs/numpy/x",
        "root/.m2/wrapper/dists/x",
        "app/vendor/bundle/ruby/3.3.0/cache/pg.gem",
        "usr/src/app/vendor/bundle/ruby/3.3.0/cache/pg.gem",
        "home/app/.local/share/gem/ruby/3.3.0/cache/pg.gem",
        "tmp/NuGetScratchroot/x",
    ],
)
def test_caches(path: str) -> None:
    assert PathPatterns(caches(HOMES)).covers(path)


@pytest.mark.parametrize(
    "path",
    [
        "home/app/.cargo/bin/cargo-clippy",
        "usr/local/openjdk-17/jmods/java.base.jmod",
        "root/.sdkman/candidates/java/21-tem/lib/src.zip",
        "opt/gradle/lib/gradle-core.jar",
    ],
)
def test_toolchains(path: str) -> None:
    assert PathPatterns(tree for one in toolchains(HOMES) for tree in one.trees).covers(path)


@pytest.mark.parametrize(
    "path",
    [
        "app/target/release/zeta",
        "app/target/release/build/sys/out/libsys.so",
        "app/target/classes/deps/data.xml",
        "app/vendor/cache/pg.gem",
        "usr/local/cargo/bin/cargo-notes",
        "usr/local/cargo/bin/rust-notes",
        "usr/share/maven/ref/settings-docker.xml",
        "opt/java/openjdk/bin/javac",
        "opt/java/openjdk/lib/ct.sym",
        "opt/java/openjdk/lib/modules",
        "opt/conda/envs/tides/bin/python",
        "root/.gradle/init.d/x.gradle",
        "root/.gradle/jdks/17/bin/java",
        "usr/share/dotnet/shared/x.dll",
    ],
)
def test_what_lies_beside_them_stays(path: str) -> None:
    patterns = (*caches(HOMES), *(tree for one in toolchains(HOMES) for tree in one.trees))
    assert not PathPatterns(patterns).covers(path)
