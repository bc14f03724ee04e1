#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Usage: build_tsan_libzmq.sh PREFIX
# Builds Debian's libzmq with -fsanitize=thread and installs it under PREFIX, once. ThreadSanitizer sees nothing of what
# happens inside the packaged library and reports races that are none. Nothing of the system is changed.
set -euo pipefail

mkdir -p "${1:?usage: build_tsan_libzmq.sh PREFIX}"
prefix=$(cd "$1" && pwd)
[ ! -e "$prefix/done" ] || exit 0
work=$prefix/work
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/libzmq"
cd "$work"

# The entry that the machine's own libzmq comes from, as an entry for source packages.
read -r uri suite < <(apt-cache policy libzmq3-dev |
  sed -n 's|^ *[0-9]* \(.*://[^ ]*\) \([^ /]*\)/main [^ ]* Packages$|\1 \2|p' | head -n 1) || true
[ -n "${uri:-}" ] || { echo "build_tsan_libzmq.sh: apt does not say where libzmq3-dev comes from" >&2; exit 1; }
shopt -s nullglob
for file in /etc/apt/sources.list.d/*.sources; do
  grep -v '^#' "$file" | awk -v RS= -v uri="$uri" -v suite="$suite" \
    'index($0, uri) && $0 ~ "\nSuites:[^\n]* ?" suite "( |\n|$)" { sub(/Types:[^\n]*/, "Types: deb-src"); print $0 "\n" }'
done > debian.sources
grep -hE "^deb( +\[.*\])? +$uri/? +$suite +" /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null |
  sed 's/^deb/deb-src/' > debian.list || true
list=$work/debian.list
[ -s "$list" ] || list=$work/debian.sources
[ -s "$list" ] || { echo "build_tsan_libzmq.sh: no apt entry for $uri $suite" >&2; exit 1; }

# Its lists stand in a folder of ours: neither root nor a change of the machine's own lists is needed.
apt=(apt-get -q -o "Dir::Etc::SourceList=$list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o "APT::Sandbox::User=$(id -un)")
echo "Building libzmq for ThreadSanitizer, once; it takes about two minutes."
echo "[1/3] downloading its source from $uri"
"${apt[@]}" update
"${apt[@]}" source --download-only zeromq3
dpkg-source --no-check -x zeromq3_*.dsc source  # apt has checked it

echo "[2/3] configuring"
CFLAGS='-O1 -g -fsanitize=thread' CXXFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread \
  cmake -S source -B libzmq -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_PREFIX="$prefix" \
  -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_CXX_COMPILER=g++ -DCMAKE_C_COMPILER=gcc -DBUILD_SHARED=ON -DBUILD_STATIC=OFF \
  -DBUILD_TESTS=OFF -DWITH_PERF_TOOL=OFF -DWITH_DOCS=OFF -DENABLE_CPACK=OFF -DENABLE_DRAFTS=OFF \
  -DENABLE_CURVE=ON -DWITH_LIBSODIUM=ON -Wno-dev > configure.log || { cat configure.log; exit 1; }
echo "[3/3] compiling"
cmake --build libzmq -j "$(nproc)"
cmake --install libzmq > install.log
cd "$prefix"
rm -rf "$work"
touch done
