#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs clang-tidy over the C++ files that changed since the published history, or in the last commit
# where nothing is ahead of it. At most MOST files, evenly picked, because each takes many seconds.
# usage: lint.sh [FILE...]
set -euo pipefail

MOST=12
build=${PENSTOCK_BUILD:-build}

git_here() {
    git -c safe.directory='*' "$@"
}

# The commit to compare with; the empty tree where there is only one commit.
base() {
    local published
    published=$(git_here merge-base HEAD origin/HEAD 2>/dev/null || true)
    if [ -n "$published" ] && [ "$published" != "$(git_here rev-parse HEAD)" ]; then
        echo "$published"
    else
        git_here rev-parse -q --verify HEAD~1 || git_here hash-object -t tree /dev/null
    fi
}

changed() {
    git_here diff --name-only --diff-filter=d "$(base)" -- '*.cpp'
    git_here ls-files --others --exclude-standard -- '*.cpp'
}

# Drops what the build does not compile: clang-tidy knows no flags for it.
compiled() {
    while read -r file; do
        ! grep -qF "/$file\"" "$build/compile_commands.json" || echo "$file"
    done
}

if [ $# -gt 0 ]; then
    files=("$@")
else
    mapfile -t files < <(changed | sort -u | compiled)
fi
step=$(((${#files[@]} + MOST - 1) / MOST))
picked=()
for ((i = 0; i < ${#files[@]}; i += step)); do
    picked+=("${files[i]}")
done
echo "clang-tidy on ${#picked[@]} of ${#files[@]} changed files"
[ ${#picked[@]} -gt 0 ] || exit 0

# clang-tidy reads g++ command lines, whose warnings clang may not know, and headers of libstdc++ 12,
# which call deprecated functions of their own.
printf '%s\0' "${picked[@]}" | xargs -0 -n 1 -P "$(nproc)" \
    clang-tidy-19 --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-deprecated-declarations
