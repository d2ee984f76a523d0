// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace penstock::emulator {

namespace {

constexpr std::uint32_t most_calls = 1'000'000;
constexpr std::uint32_t largest_errno = 4095;  // Above it ioctl(2) would return a success.
constexpr std::uint32_t longest_ms = 60'000;

struct Kind {
    Fault fault{};
    std::string_view name{};
    std::uint32_t largest_argument = 0;  // 0: it takes none.
};

constexpr std::array kinds_by_fault{
    Kind{.fault = Fault::suspend_error, .name = "suspend-error", .largest_argument = largest_errno},
    Kind{.fault = Fault::suspend_queue_error, .name = "suspend-queue-error", .largest_argument = 0},
    Kind{.fault = Fault::suspend_slow, .name = "suspend-slow", .largest_argument = longest_ms},
    Kind{.fault = Fault::resume_error, .name = "resume-error", .largest_argument = largest_errno},
    Kind{.fault = Fault::evict_error, .name = "evict-error", .largest_argument = largest_errno},
};

std::size_t place_of(Fault fault) {
    return static_cast<std::size_t>(fault);
}

using Words = std::vector<std::string_view>;

std::optional<std::uint32_t> bounded(std::string_view word,
                                     std::uint32_t least,
                                     std::uint32_t most) {
    const auto number = parse_number<std::uint32_t>(word);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

std::optional<ArmedFault> armed_by(const Kind& kind, const Words& words) {
    const bool has_argument = kind.largest_argument > 0;
    if (words.size() != (has_argument ? 3 : 2)) {
        return std::nullopt;
    }
    const auto calls = bounded(words[1], 0, most_calls);
    const auto argument =
        has_argument ? bounded(words[2], 1, kind.largest_argument) : std::optional(0U);
    if (!calls || !argument) {
        return std::nullopt;
    }
    return ArmedFault{.calls = *calls, .argument = *argument};
}

bool add_line(FaultLines& lines, const Words& words) {
    if (words[0] == "reset") {
        const auto gpu_id =
            words.size() == 2 ? parse_number<std::uint32_t>(words[1]) : std::nullopt;
        lines.resets.push_back(gpu_id.value_or(0));
        return gpu_id.has_value();
    }
    const auto* const kind = std::ranges::find(kinds_by_fault, words[0], &Kind::name);
    const auto armed =
        kind != kinds_by_fault.end() ? armed_by(*kind, words) : std::optional<ArmedFault>();
    if (!armed) {
        return false;
    }
    lines.armed.emplace_back(kind->fault, *armed);
    return true;
}

}  // namespace

void Faults::arm(Fault fault, ArmedFault armed) {
    static_assert(kinds == kinds_by_fault.size());
    armed_.at(place_of(fault)) = armed;
}

std::optional<std::uint32_t> Faults::take(Fault fault) {
    ArmedFault& armed = armed_.at(place_of(fault));
    if (armed.calls == 0) {
        return std::nullopt;
    }
    --armed.calls;
    return armed.argument;
}

std::string Faults::text() const {
    std::string text;
    for (const Kind& kind : kinds_by_fault) {
        const ArmedFault& armed = armed_.at(place_of(kind.fault));
        if (armed.calls == 0) {
            continue;
        }
        text += fmt::format("{} {}", kind.name, armed.calls);
        text += kind.largest_argument > 0 ? fmt::format(" {}\n", armed.argument) : "\n";
    }
    return text;
}

std::optional<FaultLines> parse_faults(std::string_view text) {
    FaultLines lines;
    bool any = false;
    for (const std::string_view line : split(text, '\n')) {
        const Words words = words_of(line);
        if (words.empty()) {
            continue;
        }
        if (!add_line(lines, words)) {
            return std::nullopt;
        }
        any = true;
    }
    return any ? std::optional(std::move(lines)) : std::nullopt;
}

}  // namespace penstock::emulator
