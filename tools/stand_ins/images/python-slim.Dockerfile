# Stand-in for python:3.11-slim, instruction for instruction; only the compilation is done beforehand (cpython.sh).
FROM debian:bookworm-slim
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV LANG=C.UTF-8
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates netbase tzdata; rm -rf /var/lib/apt/lists/*
ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D
ENV PYTHON_VERSION=3.11.2
RUN --mount=type=bind,source=cpython.tar,target=/tmp/cpython.tar set -eux; apt-get update; apt-get install -y --no-install-recommends libbz2-1.0 libcrypt1 libdb5.3 libffi8 libgdbm6 liblzma5 libncursesw6 libnsl2 libreadline8 libsqlite3-0 libssl3 libtinfo6 libtirpc3 libuuid1 zlib1g; rm -rf /var/lib/apt/lists/*; tar --extract --file /tmp/cpython.tar --directory /; ldconfig; if ls /usr/local/share/ca-certificates/*.crt; then printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' > /etc/pip.conf; fi; export PYTHONDONTWRITEBYTECODE=1; python3 --version; pip3 --version
RUN set -eux; for src in idle3 pip3 pydoc3 python3 python3-config; do dst="$(echo "$src" | tr -d 3)"; [ -s "/usr/local/bin/$src" ]; [ -e "/usr/local/bin/$dst" ] || ln -svT "$src" "/usr/local/bin/$dst"; done
CMD ["python3"]
