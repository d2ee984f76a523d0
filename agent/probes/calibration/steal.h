// SPDX-License-Identifier: Apache-2.0
//
// Steal: whether the hypervisor gave our processors to others lately.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "agent/probes/machine.h"

namespace penstock::calibration {

// Of all processors together, in the kernel's ticks.
struct ProcessorTicks {
    std::uint64_t stolen = 0;
    std::uint64_t idle = 0;
    std::uint64_t all = 0;
};

// The first line of /proc/stat; nothing when it is no such line.
[[nodiscard]] std::optional<ProcessorTicks> processor_ticks(std::string_view stat);

// Whether more than 1 % of the time between the two was stolen.
[[nodiscard]] bool stolen_between(const ProcessorTicks& before, const ProcessorTicks& after);

class Steal {
  public:
    // Where /proc/stat can not be opened nothing is ever stolen, as on a machine without a
    // hypervisor.
    explicit Steal(Machine& machine);

    // Since the last call. Allocates nothing.
    bool has_grown();

  private:
    std::unique_ptr<OpenFile> stat_{};
    std::optional<ProcessorTicks> last_{};
};

}  // namespace penstock::calibration
