#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
#
# /init of the guest: puts a scratch layer over the host's root, which is mounted read-only, and
# runs in there what the kernel's command line says behind "--". What that writes for the host goes
# to /out.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do
    insmod "$module" || echo "guest: cannot load $module"
done
transport=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "$transport,ro,cache=loose" hostroot /host
mount -t tmpfs scratch /overlay
mkdir /overlay/upper /overlay/work
mount -t overlay -o lowerdir=/host,upperdir=/overlay/upper,workdir=/overlay/work root /root2
for folder in proc sys dev; do
    mount --move "/$folder" "/root2/$folder"
done
mkdir -p /root2/out /root2/dev/shm
mount -t tmpfs tmpfs /root2/dev/shm
mount -t 9p -o "$transport" out /root2/out
chroot /root2 /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" \
    >/root2/out/checks.txt 2>&1
echo $? >/root2/out/status
sync
poweroff -f
