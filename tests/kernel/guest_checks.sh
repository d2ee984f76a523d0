#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs in the guest, on the host's files: loads the real driver, then calls it and attaches to it.
# usage: guest_checks.sh MODULES PROGRAMS
#   MODULES   folder with the driver and what it needs, named in the order to load them
#   PROGRAMS  folder with the programs that were built here
set -eu

modules=$1
programs=$2

for module in "$modules"/*.ko; do
    /bin/busybox insmod "$module"
done
dmesg -n 1  # The driver reports every call that it refuses, and the console is slow.
test -c /dev/kfd
"$programs/contract_probe" /dev/kfd >/out/contract.txt
# Its verdicts are in the list; one that fails must not hide the others.
"$programs/hooks_probe" --gtest_output=json:/out/hooks.json >/out/hooks.txt 2>&1 || true
