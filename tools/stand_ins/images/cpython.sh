#!/bin/sh
# Compiles CPython in a container made from debian:bookworm-slim and leaves /out/$1, a tarball of /usr/local.
#
# The source is the pristine upstream tarball inside Debian's source package: the recipe then matches the official
# image's (https://github.com/docker-library/python), but for profile-guided optimisation, which takes 20 minutes.
# Debian's own patches are left out on purpose, because they move site-packages to dist-packages.
set -eux
export DEBIAN_FRONTEND=noninteractive
# Only the release's own paragraph: the archive of security updates does not keep its sources on every mirror, and the
# upstream tarball is the same in both.
sed -i '1,/^$/s/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources
apt-get update -qq
apt-get install -y -qq --no-install-recommends \
    ca-certificates dpkg-dev gcc libbluetooth-dev libbz2-dev libc6-dev libdb-dev libffi-dev libgdbm-dev liblzma-dev \
    libncursesw5-dev libreadline-dev libsqlite3-dev libssl-dev make tk-dev uuid-dev xz-utils zlib1g-dev

mkdir -p /usr/src/python
cd /tmp
apt-get source -qq --download-only python3.11
tar --extract --directory /usr/src/python --strip-components=1 --file python3.11_*.orig.tar.*

cd /usr/src/python
./configure --build="$(dpkg-architecture --query DEB_BUILD_GNU_TYPE)" --prefix=/usr/local \
    --enable-loadable-sqlite-extensions --enable-option-checking=fatal --enable-shared \
    --with-ensurepip > /tmp/configure.log
make -j"$(nproc)" "LDFLAGS=-Wl,--strip-all" > /tmp/make.log
# As in the official image: the interpreter finds libpython beside itself whatever LD_LIBRARY_PATH says.
rm python
make "LDFLAGS=-Wl,--strip-all,-rpath='\$\$ORIGIN/../lib'" python > /tmp/relink.log
make install > /tmp/install.log

cd /usr/local
find . -depth \( \( -type d -a \( -name test -o -name tests -o -name idle_test \) \) \
    -o \( -type f -a \( -name '*.pyc' -o -name '*.pyo' -o -name 'libpython*.a' \) \) \) -exec rm -rf '{}' +
ldconfig
export PYTHONDONTWRITEBYTECODE=1
bin/python3 -c 'import bz2, ctypes, curses, dbm.gnu, lzma, readline, sqlite3, ssl, tkinter, uuid, zlib'
bin/python3 -m pip install --no-cache-dir --no-compile --disable-pip-version-check --root-user-action=ignore \
    --cert /etc/ssl/certs/ca-certificates.crt pip==24.0 setuptools==65.5.1 wheel==0.45.1
find . -depth -type d -name __pycache__ -exec rm -rf '{}' +
# Under a temporary name first: an interrupted compilation leaves no tarball behind.
tar --create --file "/out/$1.part" --sort=name --owner=0 --group=0 --numeric-owner -C / usr/local
mv "/out/$1.part" "/out/$1"
