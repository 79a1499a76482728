""".NET: NuGet and the SDK."""

from lightship.ecosystems.model import Ecosystem, Toolchain

DOTNET = Ecosystem(
    name="dotnet",
    manifests=("global.json", "Directory.Build.props"),
    caches=("{home}/.nuget/packages", "{home}/.local/share/NuGet", "{home}/.dotnet"),
    toolchains=(
        Toolchain(
            name="the .NET SDK",
            trees=("usr/share/dotnet/sdk", "usr/share/dotnet/packs", "usr/share/dotnet/templates"),
            programs=("dotnet build", "dotnet publish"),
            source="https://learn.microsoft.com/dotnet/core/distribution-packaging",
        ),
    ),
)
