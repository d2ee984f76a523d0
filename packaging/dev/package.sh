#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Debian packages from a copy of the tree, tracked and new files alike, looks them over
# with lintian, and has rpmbuild make packages of the same; called by `./dev package`. They lie in
# build/package afterwards, and are built again only when a file has changed.
# usage: package.sh
set -eu

export LC_ALL=C  # One order for sort and comm.
package=$PENSTOCK_BUILD/package
source=$package/source

files() {
    git -c safe.directory='*' ls-files --cached --others --exclude-standard
}

# Of what is in the files, and of which of them can be executed.
fingerprint() {
    files | while read -r file; do
        [ ! -f "$file" ] || stat -c '%a %n' "$file"
    done | sha256sum
    files | tr '\n' '\0' | xargs -0 sha256sum 2>/dev/null | sha256sum
}

now=$(fingerprint)
if [ "$now" = "$(cat "$package/fingerprint" 2>/dev/null)" ]; then
    echo "The packages in $package are up to date"
    exit 0
fi

mkdir -p "$package"
rm -f "$package"/*.deb "$package/fingerprint"
# The folder of an earlier build stays, and with it what the compiler made of files that are the same.
files >"$package/files"
if [ -d "$source" ]; then
    (cd "$source" && find . -type f ! -path './obj-*') | sed 's,^\./,,' | sort >"$package/there"
    sort "$package/files" | comm -13 - "$package/there" | (cd "$source" && tr '\n' '\0' | xargs -0 rm -f)
fi
mkdir -p "$source"
while read -r file; do
    if [ -f "$file" ] && ! cmp -s "$file" "$source/$file"; then
        mkdir -p "$source/$(dirname "$file")"
        cp -p "$file" "$source/$file"
        touch "$source/$file"
    fi
done <"$package/files"
rm -rf "$source/debian"
cp -rp packaging/debian "$source/debian"

# Without the packages of symbols, which take longer to compress than all others.
(cd "$source" && DEB_BUILD_OPTIONS="parallel=$(nproc) nocheck terse noautodbgsym" \
    dpkg-buildpackage --build=binary --no-sign --no-pre-clean)
lintian --fail-on error,warning "$package"/penstock_*.changes
packaging/dev/rpm.sh "$source" "$package/rpm"
echo "$now" >"$package/fingerprint"
ls "$package"/*.deb
