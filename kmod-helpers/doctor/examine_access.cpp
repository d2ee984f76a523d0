// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "kmod-helpers/doctor/presets.h"
#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

constexpr std::uint32_t group_may_use = 0060;
constexpr std::uint32_t others_may_use = 0006;

bool allows(const DeviceFile& file, std::uint32_t bits) {
    return (file.mode & bits) == bits;
}

std::string octal(std::uint32_t mode) {
    std::string digits = "0000";
    for (std::size_t i = digits.size(); i-- > 0; mode /= 8) {
        digits[i] = static_cast<char>('0' + (mode % 8));
    }
    return digits;
}

std::string group_text(const Facts& facts) {
    return facts.file.group == facts.render_group ? "render" : std::to_string(facts.file.group);
}

std::string apply_udev_preset() {
    return std::string("install ") + udev_preset +
           ", then: udevadm control --reload && udevadm trigger --subsystem-match=kfd";
}

Finding permissions(const Facts& facts) {
    Finding finding{.subject = "/dev/kfd",
                    .found = "mode " + octal(facts.file.mode) + ", group " + group_text(facts)};
    if (allows(facts.file, others_may_use)) {
        finding.state = State::limited;
        finding.consequence = "Every user can occupy the devices, also those without a login.";
        finding.change = apply_udev_preset();
    } else if (!allows(facts.file, group_may_use)) {
        finding.state = State::limited;
        finding.consequence = "Only root can use the devices: other users' programs find none.";
        finding.change = apply_udev_preset();
    } else if (facts.file.group != facts.render_group) {
        finding.state = State::limited;
        finding.consequence = "Members of the group render, as Penstock's gate, cannot open it.";
        finding.change = apply_udev_preset();
    }
    return finding;
}

Finding absent_file(const Facts& facts) {
    Finding finding{.subject = "/dev/kfd", .state = State::broken, .found = "absent"};
    finding.consequence = "No program can create compute queues, and there is nothing to preempt.";
    if (facts.file.failure != ENOENT) {
        finding.state = State::unknown;
        finding.found = found_text(Number{.value = std::nullopt, .failure = facts.file.failure});
        finding.consequence = "";
    } else if (facts.module.loaded) {
        finding.change =
            "see what the driver says: dmesg | grep -e amdgpu -e kfd; a container "
            "needs --device=/dev/kfd";
    }
    return finding;
}

Finding device_file(const Facts& facts) {
    switch (facts.file.kind) {
        case DeviceFile::Kind::absent:
            return absent_file(facts);
        case DeviceFile::Kind::driver:
            return permissions(facts);
        case DeviceFile::Kind::emulator:
            return {.subject = "/dev/kfd", .found = "a regular file: the emulator's"};
        case DeviceFile::Kind::other:
            break;
    }
    return {.subject = "/dev/kfd",
            .state = State::broken,
            .found = "neither a device nor the emulator's file",
            .consequence = "No program can create compute queues, and there is nothing to preempt.",
            .change = "remove what lies there, then: modprobe amdgpu"};
}

bool may_open(const Caller& caller, const DeviceFile& file) {
    return caller.uid == 0 || allows(file, others_may_use) ||
           (allows(file, group_may_use) &&
            std::ranges::find(caller.groups, file.group) != caller.groups.end());
}

void add_caller(const Facts& facts, Findings& into) {
    if (!facts.caller || facts.file.kind != DeviceFile::Kind::driver) {
        return;
    }
    Finding finding{.subject = "your account",
                    .found = "user " + std::to_string(facts.caller->uid) + " may open /dev/kfd"};
    if (!may_open(*facts.caller, facts.file)) {
        finding.state = State::limited;
        finding.found = "user " + std::to_string(facts.caller->uid) + " may not open /dev/kfd";
        finding.consequence = "Programs that you start find no device.";
        finding.change = facts.file.group == facts.render_group
                             ? "as root: usermod -aG render NAME; then log in again"
                             : apply_udev_preset();
    }
    into.push_back(std::move(finding));
}

}  // namespace

void examine_access(const Facts& facts, Findings& into) {
    into.push_back(device_file(facts));
    add_caller(facts, into);
}

}  // namespace penstock::doctor
