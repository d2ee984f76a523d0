// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/argument_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace penstock::ctl {
namespace {

// What follows the key in one of the words; "" when it follows in none.
std::string_view value_of(const std::vector<std::string>& words, std::string_view key) {
    const auto found =
        std::ranges::find_if(words, [&](const std::string& word) { return word.starts_with(key); });
    return found != words.end() ? std::string_view(*found).substr(key.size()) : "";
}

}  // namespace

Outcome<std::uint32_t> parse_pid(const std::string& text) {
    const auto pid = parse_number<std::uint32_t>(text);
    if (!pid || *pid == 0) {
        return fail(Exit::usage, fmt::format("\"{}\" is not a pid", printable(text)));
    }
    return *pid;
}

Outcome<QueueWords> parse_queue_words(const std::vector<std::string>& words) {
    const auto number = parse_number<std::uint32_t>(value_of(words, "queue="));
    const auto gpu_id = parse_number<std::uint32_t>(value_of(words, "gpu="));
    const std::size_t understood = (number ? 1U : 0U) + (gpu_id ? 1U : 0U);
    if (understood != words.size()) {
        return fail(Exit::usage,
                    fmt::format("\"{}\" names no queue: expected queue=N, and gpu=ID if wished",
                                printable(fmt::format("{}", fmt::join(words, " ")))));
    }
    return QueueWords{.number = number, .gpu_id = gpu_id};
}

}  // namespace penstock::ctl
