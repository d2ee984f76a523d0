// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/memory_bus.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace penstock::emulator {
namespace {

// Sums of all programs stay within numbers.
constexpr std::uint64_t most_rate = 1'000'000'000'000'000;

bool is_name(std::string_view word) {
    const auto allowed = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
    };
    return !word.empty() && word.size() <= MemoryBus::longest_name &&
           std::ranges::all_of(word, allowed);
}

}  // namespace

bool MemoryBus::note(std::string_view lines, TimePoint now) {
    Programs noted = programs_;
    std::erase_if(noted, [now](const auto& each) { return now - each.second.said > remembered; });
    for (const std::string_view line : split(lines, '\n')) {
        const auto words = words_of(line);
        if (words.empty()) {
            continue;
        }
        const auto rate = words.size() == 3 ? parse_number<std::uint64_t>(words[2]) : std::nullopt;
        if (words[0] != "processors" || !rate || *rate > most_rate || !is_name(words[1])) {
            return false;
        }
        noted.insert_or_assign(std::string(words[1]), Program{.rate = *rate, .said = now});
    }
    if (noted.size() > most_programs) {
        return false;
    }
    programs_ = std::move(noted);
    return true;
}

std::uint64_t MemoryBus::asked_by_processors(TimePoint now) const {
    std::uint64_t sum = 0;
    for (const auto& [name, program] : programs_) {
        sum += now - program.said <= remembered ? program.rate : 0;
    }
    return sum;
}

std::int64_t MemoryBus::speed(std::uint64_t devices, TimePoint now) const {
    return bus_speed(bus_, devices + asked_by_processors(now));
}

std::uint64_t MemoryBus::moved_by_processors(std::uint64_t devices, TimePoint now) const {
    const auto full = static_cast<std::uint64_t>(full_bus_speed);
    return asked_by_processors(now) / full * static_cast<std::uint64_t>(speed(devices, now));
}

std::string MemoryBus::text(std::uint64_t devices, TimePoint now) const {
    return fmt::format("peak {}\ncontention_loss {}\ndevices_ask {}\nprocessors_ask {}\nspeed {}\n",
                       bus_.peak,
                       bus_.contention_loss,
                       devices,
                       asked_by_processors(now),
                       static_cast<double>(speed(devices, now)) / full_bus_speed);
}

}  // namespace penstock::emulator
