// SPDX-License-Identifier: Apache-2.0
//
// Codec, continued: settings of policies. Times are whole microseconds there, as everywhere on
// D-Bus.

#include <algorithm>
#include <string_view>

#include "agent/publish/codec.h"
#include "agent/publish/dictionary.h"
#include "policies/setting_table.h"

namespace penstock::dbus {
namespace {

// What a value is called in messages.
struct OnBus {
    static std::uint64_t form(Duration span) {
        const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(span);
        return static_cast<std::uint64_t>(usec.count());
    }

    static std::uint32_t form(std::uint32_t number) { return number; }

    static double form(double number) { return number; }

    static bool form(bool truth) { return truth; }
};

// Longer than any setting may be, so that it is refused as out of range; and its nanoseconds fit.
constexpr std::uint64_t most_usec = 1'000'000'000'000'000;

SettingValue value_from(std::uint64_t usec) {
    return Duration(std::chrono::microseconds(std::min(usec, most_usec)));
}

SettingValue value_from(auto value) {
    return value;
}

// Whether the variant that comes next holds that type.
bool comes_next(sd_bus_message* message, std::string_view signature) {
    const char* contents = nullptr;
    return sd_bus_message_peek_type(message, nullptr, &contents) > 0 && contents != nullptr &&
           signature == contents;
}

// The type in the setting's place.
std::string_view signature_on_bus(const PolicySetting& setting) {
    return std::visit(
        [](const auto& target) {
            using Form = decltype(OnBus::form(target.least));
            return std::string_view(Codec<Form>::signature.c_str());
        },
        setting.target);
}

int read_value(sd_bus_message* message, const PolicySetting& setting, PolicyChoice& into) {
    const auto read = [&](const auto& target) {
        decltype(OnBus::form(target.least)) value{};
        const int result = read_variant(message, value);
        if (result >= 0) {
            const Result<> sound = set_setting(setting, value_from(value), into.settings);
            into.note(sound ? "" : std::string(setting.bus_name) + ": " + sound.error().message());
        }
        return result;
    };
    return std::visit(read, setting.target);
}

}  // namespace

int Codec<PolicyChoice>::read(sd_bus_message* message, PolicyChoice& value) {
    return read_dictionary(message, [&](const std::string& key) {
        const PolicySetting* setting = find_setting_of_bus(key);
        if (setting == nullptr) {
            value.note(no_such_setting_of_bus(key));
        } else if (!comes_next(message, signature_on_bus(*setting))) {
            value.note(key + " is of the type " + std::string(signature_on_bus(*setting)) + ": " +
                       form_of(*setting));
        } else {
            return read_value(message, *setting, value);
        }
        return sd_bus_message_skip(message, "v");
    });
}

int Codec<PolicySettings>::append(sd_bus_message* message, const PolicySettings& values) {
    int result = sd_bus_message_open_container(message, 'a', "{sv}");
    for (const PolicySetting* setting : settings_in(values)) {
        const auto add = [&](const auto& value) {
            return append_entry(message, setting->bus_name, OnBus::form(value));
        };
        const auto value = value_of(*setting, values);
        result = result < 0 || !value ? result : std::visit(add, *value);
    }
    return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace penstock::dbus
