// SPDX-License-Identifier: Apache-2.0
//
// Settings: what an administrator can set, and the one table of its keys.
//
// The table reads the files, shows what holds, and is what the manual page is made from.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/config/unit_text.h"
#include "base/result.h"
#include "policies/guard.h"
#include "policies/setting_table.h"

namespace penstock::config {

struct Settings {
    // [Agent]
    std::string policy = "fixed-priority";
    std::string admin_group{};  // Whose members may do over D-Bus what root may; empty: none.
    Duration tick{std::chrono::milliseconds(10)};
    bool watch_pointers = true;
    Duration queue_sampling{std::chrono::milliseconds(1)};

    // [Preemption]
    bool dry_run = false;
    std::vector<std::string> may_evict{};  // Names of programs, with * and ?.
    std::string vendor_ioctl{};            // As kfd::VendorIoctl::parse() has it; empty: none.
    // The gate sleeps nearly always; when it is woken, all that runs before it delays a suspend by
    // up to a scheduler's slice of milliseconds.
    std::int64_t gate_realtime = 1;
    Duration longest_suspension = Guard::Limits{}.longest_suspension;
    Duration shortest_run_window = Guard::Limits{}.shortest_run_window;
    double device_time_share = Guard::Limits{}.device_time_share;

    // [Policy]
    PolicySettings policy_settings{};  // What is absent is as the policy has it.

    // [Bandwidth]
    std::optional<BytesPerSecond> dram_peak{};  // Of each memory node.
    // Intel PCM programs counters that perf shares, and a monitoring group takes one of few that
    // there are: only on request.
    bool pcm = false;
    bool resctrl_groups = false;
    std::string cpu_throttle = "advice";            // As cpu_throttle_mode_named() has it.
    std::vector<std::string> cpu_throttle_units{};  // Names of units, with * and ?.
    double lease_user_share = 0.5;  // Of what a node gives out, without anybody's consent.
    std::int64_t leases_per_user = 16;
    std::int64_t most_leases = 128;

    [[nodiscard]] Guard::Limits limits() const;
    bool operator==(const Settings&) const = default;
};

struct IntegerTarget {
    std::int64_t Settings::* member;
    std::int64_t least;
    std::int64_t most;
};

struct SpanTarget {
    Duration Settings::* member;
    Duration least;
    Duration most;
};

struct ShareTarget {
    double Settings::* member;
    double least;
    double most;
};

struct TextTarget {
    std::string Settings::* member;
    Result<> (*check)(const std::string&);
};

using Target = std::variant<bool Settings::*,
                            IntegerTarget,
                            SpanTarget,
                            ShareTarget,
                            TextTarget,
                            std::vector<std::string> Settings::*,
                            std::optional<BytesPerSecond> Settings::*,
                            const PolicySetting*>;

struct Key {
    std::string_view section;
    std::string_view name;
    Target target;
    std::string_view about;  // A sentence.
    bool live = false;       // Reload makes it hold at once; others wait for the next start.
};

[[nodiscard]] std::span<const Key> keys();

// What may stand behind the key, with the range: "a time span from 1ms to 1s".
[[nodiscard]] std::string form_of(const Key& key);

// In the notation that it is read in; "" where nothing is set.
[[nodiscard]] std::string value_of(const Key& key, const Settings& settings);

// An empty text brings the default back, and a list is added to. A value that makes no sense
// changes nothing.
Result<> set(const Key& key, std::string_view text, Settings& settings);

// Whose values differ.
[[nodiscard]] std::vector<const Key*> changed(const Settings& former, const Settings& present);

// Later assignments win. Sections and keys that nobody knows are warned of.
void apply(const std::vector<Assignment>& assignments, Settings& settings, Remarks& remarks);

}  // namespace penstock::config
