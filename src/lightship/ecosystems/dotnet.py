""".NET: NuGet and the SDK."""

from lightship.ecosystems.model import Ecosystem, Toolchain

DOTNET = Ecosystem(
    name="dotnet",
    manifests=("global.json", "Directory.Build.props"),
    caches=("{home}/.nuget/packages", "{home}/.local/share/NuGet"),
    toolchains=(
        Toolchain(
            name="the .NET SDK",
            trees=("usr/share/dotnet/sdk", "usr/share/dotnet/packs", "usr/share/dotnet/templates"),
            # Which of its commands a program calls is not seen, so the SDK stays wherever dotnet is called at all.
            programs=("dotnet", "msbuild", "csc"),
            source="https://learn.microsoft.com/dotnet/core/distribution-packaging",
        ),
    ),
)
