// SPDX-License-Identifier: Apache-2.0
//
// Machine: what probes see of the machine. Files below /sys, /proc and /dev, and perf's counters.
//
// The agent puts the kernel behind it, a test a folder or a fake, a recording what was answered
// once. Paths have no leading slash: "sys/class/drm", "proc/stat". Every answer is from outside:
// readers bound and check it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace penstock {

// A file that is read again and again: opening costs several times as much as reading.
class OpenFile {
  public:
    virtual ~OpenFile() = default;

    // From the start. Returns the length, at most that of `into`, or an errno; allocates nothing.
    virtual std::expected<std::size_t, int> read(std::span<char> into) = 0;
};

// What perf is asked to count: perf_event_attr's members of the same names.
struct PerfEvent {
    std::uint32_t type = 0;
    std::uint64_t config = 0;
    std::uint64_t config1 = 0;
    std::uint64_t config2 = 0;
    bool operator==(const PerfEvent&) const = default;
};

inline constexpr std::size_t most_events_in_group = 16;

// One read of a group, with all its events counted over the same time.
struct GroupCounts {
    Duration enabled{};
    Duration running{};  // Less than `enabled` while the counters were lent to others.
    std::size_t size = 0;
    std::array<std::uint64_t, most_events_in_group> values{};  // In the order of opening.
};

class CounterGroup {
  public:
    virtual ~CounterGroup() = default;

    // Or an errno; allocates nothing.
    virtual std::expected<GroupCounts, int> read() = 0;
};

class Machine {
  public:
    virtual ~Machine() = default;

    // The names in a directory, sorted.
    virtual Result<std::vector<std::string>> list(const std::string& path) = 0;

    // A whole file of at most `limit` bytes; a longer one is a failure.
    virtual Result<std::string> read(const std::string& path, std::size_t limit) = 0;

    // Where a symbolic link points to, as it is written there.
    virtual Result<std::string> link(const std::string& path) = 0;

    virtual Result<std::unique_ptr<OpenFile>> open(const std::string& path) = 0;

    // Counts the events of one group on a processor, for all that runs there.
    virtual Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                                int cpu) = 0;

    Result<std::string> read(const std::string& path) { return read(path, longest_file); }

    static constexpr std::size_t longest_file = 64 * 1024;
};

}  // namespace penstock
