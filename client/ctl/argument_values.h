// SPDX-License-Identifier: Apache-2.0
//
// Argument values: what several verbs are told in the same words.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/ctl/failure.h"

namespace penstock::ctl {

[[nodiscard]] Outcome<std::uint32_t> parse_pid(const std::string& text);

// queue=N and gpu=ID, in any order, either of them left out. Anything else is refused.
struct QueueWords {
    std::optional<std::uint32_t> number{};
    std::optional<std::uint32_t> gpu_id{};
};

[[nodiscard]] Outcome<QueueWords> parse_queue_words(const std::vector<std::string>& words);

}  // namespace penstock::ctl
