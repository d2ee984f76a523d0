// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pressure/kernel_counts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace penstock {
namespace {

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

// Cuts the next word off; blanks around it go with it.
std::string_view next_word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

// The columns of its first line.
enum Column : std::uint8_t {
    user,
    nice,
    kernel,
    idle,
    waiting,
    interrupts,
    soft_interrupts,
    stolen,
    columns
};

// Of all processors together.
std::optional<std::array<std::uint64_t, columns>> processor_ticks(std::string_view stat) {
    constexpr std::uint64_t most = std::uint64_t{1} << 60;  // Five of them can be added.
    // A line without its end was cut, and its last number with it.
    std::string_view rest = stat.find('\n') == std::string_view::npos ? "" : first_line(stat);
    if (next_word(rest) != "cpu") {
        return std::nullopt;
    }
    std::array<std::uint64_t, columns> ticks{};
    for (std::uint64_t& column : ticks) {
        const auto number = parse_number<std::uint64_t>(next_word(rest));
        if (!number || *number > most) {
            return std::nullopt;
        }
        column = *number;
    }
    return ticks;
}

}  // namespace

std::expected<std::uint64_t, Origin> stalled_us(std::string_view pressure) {
    constexpr std::string_view key = "total=";
    constexpr int most_words = 16;
    std::string_view rest = first_line(pressure);
    std::string_view found = next_word(rest);
    const bool of_some = found == "some";
    for (int word = 0; word < most_words && !found.starts_with(key); ++word) {
        found = next_word(rest);
    }
    const auto total = of_some && found.starts_with(key)
                           ? parse_number<std::uint64_t>(found.substr(key.size()))
                           : std::nullopt;
    if (total) {
        return *total;
    }
    return std::unexpected<Origin>("/proc/pressure: no total of what some task waited");
}

std::expected<std::uint64_t, Origin> stolen_ticks(std::string_view stat) {
    const auto ticks = processor_ticks(stat);
    if (ticks) {
        return (*ticks)[stolen];
    }
    return std::unexpected<Origin>("/proc/stat: no stolen time in its first line");
}

// A guest's time is in that of the user who runs it already.
std::expected<std::uint64_t, Origin> busy_ticks(std::string_view stat) {
    if (const auto ticks = processor_ticks(stat)) {
        return (*ticks)[user] + (*ticks)[nice] + (*ticks)[kernel] + (*ticks)[interrupts] +
               (*ticks)[soft_interrupts];
    }
    return std::unexpected<Origin>("/proc/stat: no processor time in its first line");
}

std::expected<std::uint64_t, Origin> idle_ticks(std::string_view stat) {
    if (const auto ticks = processor_ticks(stat)) {
        return (*ticks)[idle] + (*ticks)[waiting];
    }
    return std::unexpected<Origin>("/proc/stat: no idle time in its first line");
}

}  // namespace penstock
