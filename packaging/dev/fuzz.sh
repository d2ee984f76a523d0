#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs each fuzz target for some seconds, starting from its corpus, as many at once as there are
# processors; called by `./dev fuzz` after the build. An input that fails is left in the build folder:
# it belongs into the corpus, with the fix.
# usage: fuzz.sh [SECONDS [TARGET]]
set -eu

seconds=${1:-10}
build=$PENSTOCK_BUILD-fuzz
if [ $# -lt 2 ]; then
    find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort |
        xargs -n 1 -P "$(nproc)" "$0" "$seconds"
    exit
fi

target=$2
log=$build/fuzz_$target.log
# New inputs go to a scratch folder: the corpus in the repository holds only chosen ones.
mkdir -p "$build/corpus/$target"
if "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 \
    -artifact_prefix="$build/fuzz_$target-" -print_final_stats=1 \
    "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    echo "fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs tried"
else
    echo "fuzz $target: failed; the end of $log:" >&2
    tail -n 40 "$log" >&2
    exit 1
fi
