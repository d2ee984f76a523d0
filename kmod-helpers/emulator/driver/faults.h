// SPDX-License-Identifier: Apache-2.0
//
// Faults: hardware failures that a test has armed. Each strikes the next so many calls of its kind
// that get as far as the hardware.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::emulator {

enum class Fault : std::uint8_t {
    suspend_error,        // A suspension fails as a whole; the argument is its errno.
    suspend_queue_error,  // A suspension succeeds, but its queues are answered as failed.
    suspend_slow,         // A suspension lasts longer; the argument is for how many ms.
    resume_error,         // As suspend_error; also of UNPAUSE.
    evict_error,          // PROCESS_INFO fails.
};

struct ArmedFault {
    std::uint32_t calls = 0;  // That are still to fail.
    std::uint32_t argument = 0;
};

class Faults {
  public:
    // Replaces what was armed of the kind; no calls disarm it.
    void arm(Fault fault, ArmedFault armed);

    // For one call: the argument when it shall fail.
    std::optional<std::uint32_t> take(Fault fault);

    // The armed ones as lines that could be armed again; empty when there is none.
    [[nodiscard]] std::string text() const;

  private:
    static constexpr std::size_t kinds = 5;

    std::array<ArmedFault, kinds> armed_{};
};

struct FaultLines {
    std::vector<std::pair<Fault, ArmedFault>> armed{};
    std::vector<std::uint32_t> resets{};  // Devices by gpu_id, which may not exist.
};

// Lines such as "suspend-error 1 5" (5 is EIO) or "reset 51432"; nothing when one of them makes no
// sense or there is none.
[[nodiscard]] std::optional<FaultLines> parse_faults(std::string_view text);

}  // namespace penstock::emulator
