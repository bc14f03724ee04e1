#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: setup.sh [format] [clang] [foreign] [package] [tsan] [docs] [callgrind] [opponents]
# Installs the Debian packages that a build needs, and those of the groups named, if they are missing.
set -eu

missing=
# Packages that a program stands for, wherever it came from, and packages that only dpkg knows.
need_program() { command -v "$1" > /dev/null || missing="$missing ${2:-$1}"; }
need_package() {
  for package; do
    case $(dpkg-query -W -f '${Status}' "$package" 2> /dev/null) in
      *' installed') ;;
      *) missing="$missing $package" ;;
    esac
  done
}

if ! command -v apt-get > /dev/null; then
  echo "setup.sh: no apt-get here; please see to the packages named in cmake/setup.sh yourself." >&2
  exit 0
fi

need_program g++
need_program cmake
need_program ninja ninja-build
need_program pkg-config
need_program python3
need_package libzmq3-dev cppzmq-dev libcereal-dev catch2 libcli11-dev nlohmann-json3-dev libtomlplusplus-dev libsqlite3-dev
for group; do
  case $group in
    format) need_program clang-format-19 ;;
    clang) need_program clang++-19 clang-19 ;;
    foreign)
      need_package python3-zmq
      need_program ip iproute2
      need_program node nodejs
      need_program npm
      ;;
    package)
      need_program dpkg-shlibdeps dpkg-dev
      need_program file
      ;;
    tsan) need_package dpkg-dev libsodium-dev ;;
    docs) need_program doxygen ;;
    callgrind) need_program valgrind ;;
    opponents)
      need_package libcaf-dev capnproto libcapnp-dev libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc
      need_package libnats-dev nats-server libnng-dev
      ;;
    *) echo "setup.sh: unknown group $group" >&2; exit 2 ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "Needed to build, and missing:$missing"
echo "Installing them from this machine's Debian sources: ${as_root:+sudo }apt-get install$missing"
if [ -n "$as_root" ] && ! command -v sudo > /dev/null; then
  echo "setup.sh: there is no sudo; please run this as root: apt-get install$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
