"""Java: Maven and Gradle, and what of a JDK only building reads."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

# Where a JDK is that no OS package owns: Eclipse Temurin, the former openjdk image, Oracle's, other vendors', SDKMAN.
_JDKS = (
    "opt/java/openjdk",
    "usr/local/openjdk-*",
    "usr/java/*",
    "usr/lib/jvm/*",
    "opt/jdk*",
    "{home}/.sdkman/candidates/java/*",
)

JAVA = Ecosystem(
    name="java",
    manifests=("pom.xml", "build.gradle", "build.gradle.kts"),
    caches=(
        "{home}/.m2/repository",
        "{home}/.m2/wrapper/dists",
        *(f"{{home}}/.gradle/{name}" for name in ("caches", "daemon", "native", "notifications", "wrapper/dists")),
    ),
    toolchains=(
        Toolchain(
            name=said("Maven and Gradle"),
            trees=(
                # Not usr/share/maven/ref: the entry point of Maven's images goes there, whatever it starts then.
                "usr/share/maven/bin",
                "usr/share/maven/boot",
                "usr/share/maven/lib",
                "usr/bin/mvn",
                "opt/gradle",
                "usr/bin/gradle",
            ),
            programs=("mvn", "gradle"),
            source="https://maven.apache.org/install.html",
        ),
        # The compiler itself stays: it is a module of lib/modules, which programs may ask for (javax.tools).
        Toolchain(
            name="jmods, headers and sources of the JDK",
            trees=tuple(f"{jdk}/{part}" for jdk in _JDKS for part in ("include", "jmods", "lib/src.zip", "man")),
            programs=("jlink", "jmod", "jpackage", "javac", "gcc", "cc", "g++", "c++", "clang"),
            source="https://docs.oracle.com/en/java/javase/17/install/installed-directory-structure-jdk.html",
        ),
    ),
)
