// SPDX-License-Identifier: Apache-2.0
//
// KernelVersion: how old the running kernel is, as far as its names tell.
//
// Distributions freeze the third number of the release ("6.1.0-56-amd64" is a 6.1.192) and write
// the true one elsewhere, so it can be unknown while the first two are not.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::doctor {

struct KernelVersion {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::optional<std::uint32_t> patch{};

    [[nodiscard]] bool at_least(std::uint32_t wanted_major, std::uint32_t wanted_minor) const {
        return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
    }

    [[nodiscard]] bool of_series(std::uint32_t wanted_major, std::uint32_t wanted_minor) const {
        return major == wanted_major && minor == wanted_minor;
    }

    bool operator==(const KernelVersion&) const = default;
};

// `release` is what uname -r prints, `build` what /proc/version or Ubuntu's /proc/version_signature
// holds: the release's third number is looked up there when it is a frozen 0.
[[nodiscard]] std::optional<KernelVersion> parse_kernel_version(std::string_view release,
                                                                std::string_view build);

}  // namespace penstock::doctor
