#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs every test of the build folder and counts them; called by `./dev check` after the build.
# usage: check.sh [meson test argument...]
set -eu

status=0
meson test -C "$PENSTOCK_BUILD" --print-errorlogs "$@" || status=$?
packaging/dev/results.py "$PENSTOCK_BUILD/meson-logs/testlog.json" || status=$?
exit "$status"
