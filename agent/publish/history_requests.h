// SPDX-License-Identifier: Apache-2.0
//
// History requests: what clients may ask about the last hour.

#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Of one answer.
inline constexpr std::uint64_t most_points = 4096;

// When its period began, and the least, the mean and the most of it.
using HistoryRow = std::tuple<std::uint64_t, double, double, double>;

// Refused with InvalidArgs and the range, with the step that would do, or with where the names are;
// and with LimitsExceeded when this user has asked for too much of it.
Answer<std::vector<HistoryRow>> get_history(ManagerObject& manager,
                                            const Caller& caller,
                                            const std::string& series,
                                            std::uint64_t from_usec,
                                            std::uint64_t to_usec,
                                            std::uint64_t step_usec,
                                            const NoOptions& options);

// An a{sv} about all series together.
struct BulkOptions {
    std::string format = "jsonl";
    std::uint64_t step_usec = 0;
    std::string unknown_key{};  // "" when the client gave none.
};

template <>
struct Codec<BulkOptions> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, BulkOptions& value);
};

// Of all series there are. Refused as get_history() is, but for the number of points of one answer.
Answer<Fd> open_history(ManagerObject& manager,
                        const Caller& caller,
                        std::uint64_t from_usec,
                        std::uint64_t to_usec,
                        const BulkOptions& options);

// name, unit, what it is
using SeriesRow = std::tuple<std::string, std::string, std::string>;

[[nodiscard]] std::vector<SeriesRow> history_series(const ManagerObject& manager);

[[nodiscard]] std::uint32_t history_left_out(const ManagerObject& manager);

}  // namespace penstock::dbus
