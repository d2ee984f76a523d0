// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/steal.h"

#include <array>

#include "base/text.h"

namespace penstock::calibration {
namespace {

// "cpu  user nice system idle iowait irq softirq steal guest guest_nice": guests' times are part of
// user and nice.
constexpr std::size_t columns = 8;
constexpr std::size_t idle_column = 3;
constexpr std::size_t io_wait_column = 4;
constexpr std::size_t steal_column = 7;
constexpr std::size_t longest_line = 256;

// The number at the start of the text, and the blank behind it, are taken off.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    const std::size_t end = text.find_first_of(" \n");
    const auto number = parse_number<std::uint64_t>(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return number;
}

}  // namespace

std::optional<ProcessorTicks> processor_ticks(std::string_view stat) {
    constexpr std::string_view all_processors = "cpu  ";
    if (!stat.starts_with(all_processors)) {
        return std::nullopt;
    }
    stat.remove_prefix(all_processors.size());
    ProcessorTicks ticks;
    for (std::size_t column = 0; column < columns; ++column) {
        const auto number = take_number(stat);
        if (!number) {
            return std::nullopt;
        }
        ticks.all += *number;
        ticks.stolen += column == steal_column ? *number : 0;
        ticks.idle += column == idle_column || column == io_wait_column ? *number : 0;
    }
    return ticks;
}

bool stolen_between(const ProcessorTicks& before, const ProcessorTicks& after) {
    constexpr std::uint64_t parts = 100;
    return after.stolen > before.stolen && after.all > before.all &&
           (after.stolen - before.stolen) > (after.all - before.all) / parts;
}

Steal::Steal(Machine& machine) {
    if (Result<std::unique_ptr<OpenFile>> stat = machine.open("proc/stat")) {
        stat_ = std::move(*stat);
    }
}

bool Steal::has_grown() {
    std::array<char, longest_line> line{};
    const auto length = stat_ ? stat_->read(line) : std::expected<std::size_t, int>(0U);
    const std::optional<ProcessorTicks> before = last_;
    last_ = length ? processor_ticks({line.data(), *length}) : std::nullopt;
    return before && last_ && stolen_between(*before, *last_);
}

}  // namespace penstock::calibration
