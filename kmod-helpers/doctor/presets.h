// SPDX-License-Identifier: Apache-2.0
//
// Presets: where the files of kmod-helpers/system lie once installed, as advice names them.

#pragma once

#include <string>

namespace penstock::doctor {

inline constexpr const char* modprobe_preset = PENSTOCK_LIB "/modprobe.d/penstock.conf";
inline constexpr const char* udev_preset = PENSTOCK_LIB "/udev/rules.d/70-penstock.rules";
inline constexpr const char* modules_load_preset = PENSTOCK_LIB "/modules-load.d/penstock.conf";

// How to set an option of the driver for good. A file in /etc hides the preset of the same name.
[[nodiscard]] inline std::string module_option(const std::string& assignment) {
    return "put \"options amdgpu " + assignment + "\" into /etc/modprobe.d/penstock.conf (" +
           modprobe_preset + " explains the options) and reboot";
}

}  // namespace penstock::doctor
