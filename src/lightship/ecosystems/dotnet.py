""".NET: NuGet and the SDK."""

from lightship.ecosystems.model import Ecosystem, Toolchain

DOTNET = Ecosystem(
    name="dotnet",
    manifests=("global.json", "Directory.Build.props"),
    # Only restoring reads them; what `dotnet run` needs is in packages.
    # https://learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders
    downloads=("{home}/.local/share/NuGet", "tmp/NuGetScratch*"),
    caches=("{home}/.nuget/packages",),
    toolchains=(
        Toolchain(
            name="the .NET SDK",
            trees=(
                "usr/share/dotnet/packs",
                "usr/share/dotnet/sdk",
                "usr/share/dotnet/sdk-manifests",
                "usr/share/dotnet/templates",
            ),
            # Which of its commands a program calls is not seen, so the SDK stays wherever dotnet is called at all.
            programs=("dotnet", "msbuild", "csc"),
            source="https://learn.microsoft.com/dotnet/core/distribution-packaging",
        ),
    ),
)
