// SPDX-License-Identifier: Apache-2.0

#include "policies/setting_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/notation.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "policies/decision.h"
#include "policies/guard.h"

namespace penstock {
namespace {

using S = PolicySettings;

constexpr std::uint32_t most_runners = most_owners;  // More would change nothing.

constexpr std::array table{
    PolicySetting{.name = "SettleSec",
                  .bus_name = "SettleUSec",
                  .target = Ranged<Duration>{.member = &S::settle,
                                             .least = Duration{},
                                             .most = Guard::Limits{}.longest_settle},
                  .about = "How long queues have been empty when their process counts as done."},
    PolicySetting{.name = "QuantumSec",
                  .bus_name = "QuantumUSec",
                  .target = Ranged<Duration>{.member = &S::quantum,
                                             .least = Guard::Limits{}.shortest_quantum,
                                             .most = RankedOwner::longest_quantum},
                  .about = "How long a turn lasts at least while somebody waits for it."},
    PolicySetting{.name = "AgingSec",
                  .bus_name = "AgingUSec",
                  .target = Ranged<Duration>{.member = &S::aging,
                                             .least = Duration{},
                                             .most = RankedOwner::longest_wait},
                  .about = "How long a process waits per step of priority that it lacks, until it "
                           "has a turn before all others; 0 is for ever."},
    PolicySetting{
        .name = "Runners",
        .bus_name = "Runners",
        .target = Ranged<std::uint32_t>{.member = &S::runners, .least = 1, .most = most_runners},
        .about = "How many processes with work run at once on a device."},
    PolicySetting{.name = "Firm",
                  .bus_name = "Firm",
                  .target = Ranged<bool>{.member = &S::firm, .least = false, .most = true},
                  .about = "Whether a deadline that can not be kept any more counts for nothing."},
    PolicySetting{.name = "Patience",
                  .bus_name = "Patience",
                  .target = Ranged<double>{.member = &S::patience, .least = 0, .most = 1},
                  .about = "The part of its deadline for which a process yields like others."},
    PolicySetting{
        .name = "Hard",
        .bus_name = "Hard",
        .target = Ranged<bool>{.member = &S::hard, .least = false, .most = true},
        .about = "Whether who has used up its budget waits, though nobody else has work."},
    PolicySetting{.name = "GuardSec",
                  .bus_name = "GuardUSec",
                  .target = Ranged<Duration>{.member = &S::guard,
                                             .least = Duration{},
                                             .most = RankedOwner::longest_wait},
                  .about = "How long before its deadline a process is to be done."},
};

// Values as read_setting() reads them.
std::string spelled(Duration span) {
    return to_text(span);
}

std::string spelled(std::uint32_t number) {
    return std::to_string(number);
}

std::string spelled(bool truth) {
    return truth ? "yes" : "no";
}

// The fewest digits that are read back as the same number.
std::string spelled(double number) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() ? std::string(digits.data(), end) : "?";
}

// The second argument only chooses the type.
std::optional<Duration> parsed(std::string_view text, Duration /*like*/) {
    const Result<Duration> span = parse_time_span(text);
    return span ? std::optional(*span) : std::nullopt;
}

std::optional<std::uint32_t> parsed(std::string_view text, std::uint32_t /*like*/) {
    return parse_number<std::uint32_t>(text);
}

std::optional<bool> parsed(std::string_view text, bool /*like*/) {
    const Result<bool> truth = parse_boolean(text);
    return truth ? std::optional(*truth) : std::nullopt;
}

std::optional<double> parsed(std::string_view text, double /*like*/) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

// False, and nothing is stored, for nothing and for what is out of range or no number at all.
template <typename T>
bool store(const Ranged<T>& target, std::optional<T> wished, S& settings) {
    const bool sound = wished && *wished >= target.least && *wished <= target.most;
    if (sound) {
        settings.*target.member = wished;
    }
    return sound;
}

std::unexpected<Error> not_of(const PolicySetting& setting, std::string_view text) {
    return fail("\"" + printable(text) + "\" is not " + form_of(setting));
}

const PolicySetting* find(std::string_view name, std::string_view PolicySetting::* by) {
    const auto* const found = std::ranges::find(table, name, by);
    return found != table.end() ? found : nullptr;
}

std::string unknown(std::string_view name, std::string_view PolicySetting::* by) {
    std::vector<std::string_view> names;
    names.reserve(table.size());
    for (const PolicySetting& setting : table) {
        names.push_back(setting.*by);
    }
    return "there is no setting \"" + printable(name) + "\" of policies" +
           names_instead(name, names);
}

// How to speak of the numbers.
struct Former {
    std::string operator()(const Ranged<Duration>& target) const {
        return "a time span" + range_of(target);
    }

    std::string operator()(const Ranged<std::uint32_t>& target) const {
        return "a whole number" + range_of(target);
    }

    std::string operator()(const Ranged<double>& target) const {
        return "a number" + range_of(target);
    }

    std::string operator()(const Ranged<bool>& /*target*/) const { return "yes or no"; }

    template <typename T>
    static std::string range_of(const Ranged<T>& target) {
        return " from " + spelled(target.least) + " to " + spelled(target.most);
    }
};

}  // namespace

std::span<const PolicySetting> policy_settings() {
    return table;
}

const PolicySetting* find_setting(std::string_view name) {
    return find(name, &PolicySetting::name);
}

const PolicySetting* find_setting_of_bus(std::string_view bus_name) {
    return find(bus_name, &PolicySetting::bus_name);
}

std::string no_such_setting(std::string_view name) {
    return unknown(name, &PolicySetting::name);
}

std::string no_such_setting_of_bus(std::string_view bus_name) {
    return unknown(bus_name, &PolicySetting::bus_name);
}

std::string form_of(const PolicySetting& setting) {
    return std::visit(Former(), setting.target);
}

std::optional<SettingValue> value_of(const PolicySetting& setting, const PolicySettings& settings) {
    const auto get = [&](const auto& target) {
        const auto& value = settings.*target.member;
        return value ? std::optional<SettingValue>(*value) : std::nullopt;
    };
    return std::visit(get, setting.target);
}

std::string text_of(const PolicySetting& setting, const PolicySettings& settings) {
    const auto value = value_of(setting, settings);
    return value ? std::visit([](const auto& each) { return spelled(each); }, *value) : "";
}

Result<> read_setting(const PolicySetting& setting,
                      std::string_view text,
                      PolicySettings& settings) {
    const auto read = [&](const auto& target) {
        return store(target, parsed(text, target.least), settings);
    };
    return std::visit(read, setting.target) ? Result<>() : not_of(setting, text);
}

Result<> set_setting(const PolicySetting& setting,
                     const SettingValue& value,
                     PolicySettings& settings) {
    const auto set = [&]<typename T>(const Ranged<T>& target) {
        const T* wished = std::get_if<T>(&value);
        return store(target, wished != nullptr ? std::optional(*wished) : std::nullopt, settings);
    };
    if (std::visit(set, setting.target)) {
        return {};
    }
    return not_of(setting, std::visit([](const auto& each) { return spelled(each); }, value));
}

void reset_setting(const PolicySetting& setting, PolicySettings& settings) {
    std::visit([&](const auto& target) { (settings.*target.member).reset(); }, setting.target);
}

std::vector<const PolicySetting*> settings_in(const PolicySettings& settings) {
    std::vector<const PolicySetting*> found;
    for (const PolicySetting& setting : table) {
        if (value_of(setting, settings)) {
            found.push_back(&setting);
        }
    }
    return found;
}

}  // namespace penstock
