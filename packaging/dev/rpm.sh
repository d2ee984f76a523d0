#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Looks the RPM spec over with rpmlint, and has rpmbuild make packages by it from what the Debian
# packages were built of; called by `./dev package`. Debian has neither Fedora's macros nor its
# folders, so the former are given here, and the latter are Debian's. What is found that way: a file
# that the spec names and nobody installs, one that is installed and in no package, and every error
# of the spec itself.
# usage: rpm.sh SOURCE OUTPUT
set -eu

source=$1
output=$2
spec=packaging/rpm/penstock.spec
architecture=$(dpkg-architecture -qDEB_HOST_MULTIARCH)

rpmlint --strict --rpmlintrc packaging/rpm/penstock.rpmlintrc "$spec"

rm -rf "$output"
mkdir -p "$output"
cd "$source"
if ! rpmbuild -bb --build-in-place --nodeps \
    --define "_topdir $output" \
    --define '_rpmdir %{_topdir}' \
    --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define '_binary_payload w0.gzdio' \
    --define 'debug_package %{nil}' \
    --define '__os_install_post %{nil}' \
    --define "_libdir %{_prefix}/lib/$architecture" \
    --define '_unitdir %{_prefix}/lib/systemd/system' \
    --define '_sysusersdir %{_prefix}/lib/sysusers.d' \
    --define '_tmpfilesdir %{_prefix}/lib/tmpfiles.d' \
    --define '_journalcatalogdir %{_prefix}/lib/systemd/catalog' \
    --define '_modprobedir %{_prefix}/lib/modprobe.d' \
    --define '_modulesloaddir %{_prefix}/lib/modules-load.d' \
    --define '_udevrulesdir %{_prefix}/lib/udev/rules.d' \
    --define 'python3_sitelib %{_prefix}/lib/python3/site-packages' \
    --define 'sysusers_create_compat() :' \
    --define 'tmpfiles_create() :' \
    --define 'systemd_post() :' \
    --define 'systemd_preun() :' \
    --define 'systemd_postun() :' \
    --define 'systemd_postun_with_restart() :' \
    --define 'meson(-) :' \
    --define 'meson_build :' \
    --define "meson_install DESTDIR=%{buildroot} meson install --quiet --no-rebuild -C obj-$architecture" \
    "$spec" >"$output/log" 2>&1; then
    grep -E 'error:|warning:|^ ' "$output/log" >&2
    exit 1
fi
ls "$output"/*.rpm
