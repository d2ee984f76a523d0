// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/policy_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <optional>
#include <vector>

#include "base/text.h"
#include "client/ctl/table.h"
#include "policies/setting_table.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// An explanation that names several processes is one sentence.
constexpr std::size_t longest_sentence = 2048;

// What the agent says may quote what processes call themselves.
std::string text_in(const json& value) {
    return value.is_string() ? printable(value.get<std::string>(), longest_sentence) : "-";
}

// A row of AvailablePolicies.
struct Known {
    std::string name{};
    std::string sentence{};
    bool present = false;
};

std::vector<Known> known_in(const PolicyView& view) {
    std::vector<Known> found;
    for (const json& row : view.all) {
        if (row.is_array() && row.size() == 2) {
            found.push_back({.name = text_in(row[0]),
                             .sentence = text_in(row[1]),
                             .present = row[0] == view.name});
        }
    }
    return found;
}

// As the agent sent it; nothing where it is not what it should be.
SettingValue value_as(const json& value, Duration /*like*/) {
    return Duration(std::chrono::microseconds(value.get<std::int64_t>()));
}

template <typename T>
SettingValue value_as(const json& value, T /*like*/) {
    return value.get<T>();
}

// Whether it can be taken for a value of that type, whatever the bus carries. No time is longer
// than an hour: its nanoseconds have to fit.
bool fits(const json& value, Duration /*like*/) {
    return value.is_number_integer() && value >= 0 && value <= 3'600'000'000;
}

bool fits(const json& value, bool /*like*/) {
    return value.is_boolean();
}

bool fits(const json& value, double /*like*/) {
    return value.is_number();
}

bool fits(const json& value, std::uint32_t /*like*/) {
    return value.is_number_unsigned() && value <= std::numeric_limits<std::uint32_t>::max();
}

void take_setting(const PolicySetting& setting, const json& value, PolicySettings& into) {
    const auto take = [&](const auto& target) {
        if (fits(value, target.least)) {
            static_cast<void>(set_setting(setting, value_as(value, target.least), into));
        }
    };
    std::visit(take, setting.target);
}

// A setting that only a later agent knows has no row here, and is not shown.
PolicySettings settings_from(const json& values) {
    PolicySettings settings;
    for (const PolicySetting& setting : policy_settings()) {
        const auto found = values.is_object() ? values.find(setting.bus_name) : values.end();
        if (found != values.end()) {
            take_setting(setting, *found, settings);
        }
    }
    return settings;
}

// Times in seconds, as all of our JSON has them.
ordered_json json_of(const SettingValue& value) {
    return std::visit(
        [](const auto& each) -> ordered_json {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(each)>, Duration>) {
                return std::chrono::duration<double>(each).count();
            } else {
                return each;
            }
        },
        value);
}

// A row of ExplainProcess.
struct Row {
    std::uint64_t gpu_id = 0;
    std::vector<std::uint64_t> queues{};
    std::string state{};
    std::vector<std::string> sentences{};
};

// Nothing where it is of another form.
std::optional<Row> row_from(const json& row) {
    const bool whole = row.is_array() && row.size() == 4 && row[0].is_number_unsigned() &&
                       row[1].is_array() && row[3].is_array();
    if (!whole) {
        return std::nullopt;
    }
    Row found{.gpu_id = row[0].get<std::uint64_t>(), .state = text_in(row[2])};
    for (const json& number : row[1]) {
        found.queues.push_back(number.is_number_unsigned() ? number.get<std::uint64_t>() : 0);
    }
    for (const json& sentence : row[3]) {
        found.sentences.push_back(text_in(sentence));
    }
    return found;
}

std::string text_of(const Row& row) {
    std::string text = fmt::format("device {}, queue{} {}: {}\n",
                                   row.gpu_id,
                                   row.queues.size() == 1 ? "" : "s",
                                   fmt::join(row.queues, ", "),
                                   row.state);
    for (const std::string& sentence : row.sentences) {
        text += "  " + sentence + '\n';
    }
    return text;
}

}  // namespace

std::string policies_text(const PolicyView& view) {
    std::vector<std::vector<std::string>> rows;
    for (const Known& each : known_in(view)) {
        rows.push_back({each.present ? "*" : "", each.name, each.sentence});
    }
    return table_text({{.heading = ""}, {.heading = "POLICY"}, {.heading = "WHAT IT DOES"}}, rows);
}

ordered_json policies_json(const PolicyView& view) {
    ordered_json all = ordered_json::array();
    for (const Known& each : known_in(view)) {
        all.push_back(
            {{"name", each.name}, {"sentence", each.sentence}, {"present", each.present}});
    }
    return all;
}

std::string policy_text(const PolicyView& view) {
    std::string text = "policy " + text_in(view.name);
    for (const Known& each : known_in(view)) {
        text += each.present ? ": " + each.sentence : "";
    }
    text += '\n';
    const PolicySettings settings = settings_from(view.settings);
    std::vector<std::vector<std::string>> rows;
    for (const PolicySetting* setting : settings_in(settings)) {
        rows.push_back({std::string(setting->name),
                        text_of(*setting, settings),
                        form_of(*setting),
                        std::string(setting->about)});
    }
    const std::vector<Column> columns{{.heading = "SETTING"},
                                      {.heading = "VALUE", .number = true},
                                      {.heading = "EXPECTED"},
                                      {.heading = "MEANING"}};
    return text + (rows.empty() ? "it takes no settings\n" : table_text(columns, rows));
}

ordered_json policy_json(const PolicyView& view) {
    const PolicySettings settings = settings_from(view.settings);
    ordered_json values = ordered_json::object();
    for (const PolicySetting* setting : settings_in(settings)) {
        if (const auto value = value_of(*setting, settings)) {
            values[std::string(setting->name)] = json_of(*value);
        }
    }
    return {{"name", text_in(view.name)}, {"settings", std::move(values)}};
}

std::string explanation_text(const json& rows) {
    std::string text;
    for (const json& each : rows) {
        const std::optional<Row> row = row_from(each);
        text += row ? text_of(*row) : "";
    }
    return text;
}

ordered_json explanation_json(const json& rows) {
    ordered_json all = ordered_json::array();
    for (const json& each : rows) {
        if (const std::optional<Row> row = row_from(each)) {
            all.push_back({{"gpu_id", row->gpu_id},
                           {"queues", row->queues},
                           {"state", row->state},
                           {"sentences", row->sentences}});
        }
    }
    return all;
}

}  // namespace penstock::ctl
