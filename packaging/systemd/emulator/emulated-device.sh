#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Lets the emulator's file appear as /dev/kfd when it is mounted, and vanish with it; called by
# penstock-kfd-emulator.service. While it is there, the agent's unit finds in agent.env where to look
# for what the driver would show in sysfs.
# usage: emulated-device appear|vanish
set -eu

folder=/run/penstock-kfd-emulator
mount=$folder/device

case "$1" in
    appear)
        # The unit's time limit ends this if it never comes.
        until [ -e "$mount/kfd" ]; do
            sleep 0.05
        done
        ln -s "$mount/kfd" /dev/kfd
        echo "PENSTOCK_AGENT_OPTIONS=--sysfs=$mount/sys" >"$folder/agent.env"
        ;;
    vanish)
        if [ "$(readlink /dev/kfd)" = "$mount/kfd" ]; then
            rm /dev/kfd
        fi
        # Left behind only by one that was killed.
        umount --lazy "$mount" 2>/dev/null || true
        ;;
    *)
        echo "usage: $0 appear|vanish" >&2
        exit 2
        ;;
esac
