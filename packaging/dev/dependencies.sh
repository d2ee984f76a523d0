#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the apt packages of a list that are missing; without root, says how and fails.
# usage: dependencies.sh LIST
set -eu

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $(sed 's/#.*//' "$1"); do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Some packages are missing. Install them as root and try again:" >&2
    echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
install_missing() {
    # Unquoted: one word per package.
    # shellcheck disable=SC2086
    apt-get install -y -q --no-install-recommends $missing </dev/null
}

echo "Installing:$missing"
# A machine that never ran `apt-get update` knows no package; one that ran it long ago asks for
# files which the mirror has dropped since. Both are cured by one update and a second try.
# shellcheck disable=SC2086
if ! apt-cache show $missing >/dev/null 2>&1 || ! install_missing; then
    apt-get update -q </dev/null
    install_missing
fi
