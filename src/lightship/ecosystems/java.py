"""Java: Maven and Gradle."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

JAVA = Ecosystem(
    name="java",
    manifests=("pom.xml", "build.gradle", "build.gradle.kts"),
    caches=("{home}/.m2/repository", "{home}/.gradle/caches", "{home}/.gradle/wrapper/dists"),
    toolchains=(
        Toolchain(
            name=said("Maven and Gradle"),
            trees=("usr/share/maven", "usr/share/maven-ref", "opt/gradle"),
            programs=("mvn", "gradle"),
            source="https://maven.apache.org/install.html",
        ),
    ),
)
