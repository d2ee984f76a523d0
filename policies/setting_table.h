// SPDX-License-Identifier: Apache-2.0
//
// Setting table: the one table of what can be set of policies: names, ranges, and what each means.
//
// Files, scenarios, the command line and D-Bus all read settings through it. A new setting is a
// field of PolicySettings and a row here; the catalogue says which policies take it.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "policies/policy_settings.h"

namespace penstock {

// Where a setting is kept, and from where to where it may be.
template <typename T>
struct Ranged {
    std::optional<T> PolicySettings::* member;
    T least;
    T most;
};

using SettingTarget =
    std::variant<Ranged<Duration>, Ranged<std::uint32_t>, Ranged<double>, Ranged<bool>>;

using SettingValue = std::variant<Duration, std::uint32_t, double, bool>;

struct PolicySetting {
    std::string_view name;      // In files and on the command line: "SettleSec".
    std::string_view bus_name;  // On D-Bus, where times are whole microseconds: "SettleUSec".
    SettingTarget target;
    std::string_view about;  // A sentence.
};

[[nodiscard]] std::span<const PolicySetting> policy_settings();

// Nothing when there is no such setting.
[[nodiscard]] const PolicySetting* find_setting(std::string_view name);
[[nodiscard]] const PolicySetting* find_setting_of_bus(std::string_view bus_name);

// What to say of a name that nobody knows, with the names there are.
[[nodiscard]] std::string no_such_setting(std::string_view name);
[[nodiscard]] std::string no_such_setting_of_bus(std::string_view bus_name);

// What may stand behind the name: "a time span from 0 to 100ms".
[[nodiscard]] std::string form_of(const PolicySetting& setting);

// Nothing when it is absent.
[[nodiscard]] std::optional<SettingValue> value_of(const PolicySetting& setting,
                                                   const PolicySettings& settings);

// In the notation that read_setting() takes; "" when it is absent.
[[nodiscard]] std::string text_of(const PolicySetting& setting, const PolicySettings& settings);

// Both fail with a sentence that names the range, and then change nothing. A value has to be of the
// setting's own type.
Result<> read_setting(const PolicySetting& setting,
                      std::string_view text,
                      PolicySettings& settings);
Result<> set_setting(const PolicySetting& setting,
                     const SettingValue& value,
                     PolicySettings& settings);

void reset_setting(const PolicySetting& setting, PolicySettings& settings);

// Those that are there in `settings`.
[[nodiscard]] std::vector<const PolicySetting*> settings_in(const PolicySettings& settings);

}  // namespace penstock
