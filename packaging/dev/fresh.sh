#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Does `./dev run` or `./dev check` where nothing was ever installed: in a fresh Debian 12 tree that
# holds the base system, git and a clone of HEAD. What is not committed is not tried.
# usage: fresh.sh [run|check] [ARGUMENT...]
#
# The tree lives in a mount namespace of its own, so that its mounts vanish with it, and shares the
# kernel, /proc, /sys and /dev with this machine: BPF and FUSE work in it as they do outside.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
verb=${1:-run}
[ $# -eq 0 ] || shift

refuse() {
    echo "./dev fresh: $1" >&2
    exit 2
}

case "$verb" in run | check) ;; *) refuse "no verb '$verb'; there are run and check" ;; esac
[ "$(id -u)" -eq 0 ] || refuse "needs root, to make a Debian tree and mount in it"

if [ "${PENSTOCK_FRESH_TREE:-}" = "" ]; then
    "$root/packaging/dev/dependencies.sh" "$root/packaging/dependencies-optional.txt"
    PENSTOCK_FRESH_TREE=$(mktemp -d "${TMPDIR:-/var/tmp}/penstock-fresh.XXXXXX")
    export PENSTOCK_FRESH_TREE
    status=0
    unshare --mount --propagation private "$0" "$verb" "$@" || status=$?
    # Every mount ended with the namespace; --one-file-system guards against the day it did not.
    rm -rf --one-file-system "$PENSTOCK_FRESH_TREE"
    echo "./dev fresh $verb: exit status $status"
    exit "$status"
fi

tree=$PENSTOCK_FRESH_TREE/debian

echo "Making a Debian 12 tree in $tree"
"$root/packaging/dev/debian_tree.sh" "$tree" git,ca-certificates

# A bundle, because git refuses to serve a repository that belongs to another user.
git -c safe.directory='*' -C "$root" bundle create --quiet "$tree/root/penstock.bundle" HEAD

# A chroot's root must be a mount point, or programs in it cannot make mounts private.
mount --bind "$tree" "$tree"
mount -t proc proc "$tree/proc"
mount --rbind /sys "$tree/sys"
mount --rbind /dev "$tree/dev"
mount -t tmpfs tmpfs "$tree/run"
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"

inside() {
    env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI="${CI:-}" \
        chroot "$tree" "$@" </dev/null
}
inside git clone --quiet /root/penstock.bundle /root/penstock
status=0
inside sh -c 'cd /root/penstock && exec ./dev "$@"' dev "$verb" "$@" || status=$?

# Whoever still lives in the tree was left behind by the run: that is a failure of its own.
for root_link in /proc/[0-9]*/root; do
    [ "$(readlink "$root_link" 2>/dev/null)" = "$tree" ] || continue
    pid=${root_link#/proc/}
    pid=${pid%/root}
    echo "./dev fresh: left behind: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")" >&2
    kill -9 "$pid"
    [ "$status" -ne 0 ] || status=1
done
exit "$status"
