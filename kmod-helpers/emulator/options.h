// SPDX-License-Identifier: Apache-2.0
//
// Options: what the emulator's command line says.

#pragma once

#include <optional>
#include <string>

#include "kmod-helpers/emulator/driver/settings.h"
#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {

struct Options {
    std::string mount_point{};
    std::string preset = "apu";
    std::string topology{};  // A directory; empty for a preset.
    std::optional<Scheduler> scheduler{};
    std::uint32_t save_us = 100;
    std::uint32_t restore_us = 100;
    std::uint32_t poll_us = 100;
    std::optional<std::uint32_t> gfx_target_version{};
    DriverSettings driver{};
    bool die_with_parent = false;
};

// On failure, and after --help, what to exit with; the text has been printed.
[[nodiscard]] std::expected<Options, int> parse_options(int count, char** arguments);

// The machine the options ask for.
[[nodiscard]] Result<Preset> chosen_preset(const Options& options);

}  // namespace penstock::emulator
