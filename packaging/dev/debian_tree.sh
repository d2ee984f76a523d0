#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes a minimal Debian 12 tree, from the mirror and through the proxy that this machine uses.
# usage: debian_tree.sh TREE PACKAGES [mmdebstrap option...]; PACKAGES are separated by commas
set -eu

tree=$1
packages=$2
shift 2

# The sources of this machine, if it is a Debian 12 too.
mirrors() {
    grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release || return 0
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [ ! -s "$list" ] || echo "$list"
    done
}

acquire=$(mktemp)
trap 'rm -f "$acquire"' EXIT
trap 'exit 1' HUP INT TERM
cat /dev/null /etc/apt/apt.conf /etc/apt/apt.conf.d/* 2>/dev/null |
    grep '^Acquire::.*;$' >"$acquire" || true

# shellcheck disable=SC2046
mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt="$acquire" "$@" \
    bookworm "$tree" $(mirrors)
