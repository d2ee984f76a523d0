// SPDX-License-Identifier: Apache-2.0
//
// Term words: on what terms a process is to run, as words of a command line: "weight=200".

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "client/ctl/failure.h"

namespace penstock::ctl {

// What was not named stays as it is. Which values there are is the agent's to say.
struct ProcessTerms {
    std::optional<std::int32_t> priority{};
    std::optional<std::uint32_t> weight{};
    std::optional<std::string> service_class{};
    std::optional<Duration> deadline{};  // 0 is none, as the cost.
    std::optional<Duration> cost{};
    std::optional<BytesPerSecond> dram_max{};
};

// At least one word, and each key once.
[[nodiscard]] Outcome<ProcessTerms> parse_terms(const std::vector<std::string>& words);

}  // namespace penstock::ctl
