#!/bin/sh
# Install a program of the system where apt can bring it and it is missing: system.sh PACKAGE PROGRAM
set -eu
command -v "$2" >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null && exit 0
fi
echo "note: $2 is missing; install the package $1 for the whole of Seed." >&2
