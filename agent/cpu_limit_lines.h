// SPDX-License-Identifier: Apache-2.0
//
// CPU limit lines: what the journal and the state as text say of who is held back on the
// processors. At most one line in a second, with what has become of it by then.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/cpu_throttle.h"

namespace penstock {

class CpuLimitLines {
  public:
    static constexpr Duration apart{std::chrono::seconds(1)};

    // After every look. `means` is how it is done: "quota", "resctrl", or "" where nothing is.
    void note(const CpuOrder& order, std::string_view means, TimePoint now);

  private:
    void tell(const CpuOrder& order, std::string_view means);

    std::vector<std::string> told_{};  // The units.
    std::string told_means_{};
    TimePoint when_{};
};

// "batch.service: 0.49 of 0.98 processors", one for each limit.
[[nodiscard]] std::vector<std::string> lines_of(const CpuOrder& order);

}  // namespace penstock
