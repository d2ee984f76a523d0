// SPDX-License-Identifier: Apache-2.0
//
// UnitService: answers on a bus in the place of systemd, as far as quotas of processor time go.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::fakes {

class UnitService {
  public:
    enum class Mood : std::uint8_t {
        willing,
        refuses,
        knows_no_unit,
        talks_nonsense,
        keeps_silent
    };

    static constexpr std::uint64_t no_quota = ~std::uint64_t{0};

    Mood mood = Mood::willing;
    std::map<std::string, std::uint64_t> quotas{};  // What is not in it has none.
    std::vector<std::string> heard{};               // "get a.service", "set a.service 500000".
    std::function<void(const std::string& line)> on_heard{};

    [[nodiscard]] std::uint64_t quota_of(const std::string& unit) const {
        const auto found = quotas.find(unit);
        return found == quotas.end() ? no_quota : found->second;
    }

    // Negative errno when that fails.
    int serve(sd_bus* bus) {
        return sd_bus_add_fallback(
            bus, nullptr, "/org/freedesktop/systemd1", &UnitService::on_message, this);
    }

  private:
    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        auto* self = static_cast<UnitService*>(userdata);
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") > 0) {
            return self->get(message);
        }
        if (sd_bus_message_is_method_call(
                message, "org.freedesktop.systemd1.Manager", "SetUnitProperties") > 0) {
            return self->set(message);
        }
        return 0;
    }

    void note(const std::string& line) {
        heard.push_back(line);
        if (on_heard) {
            on_heard(line);
        }
    }

    // Nothing when the mood is to carry it out.
    [[nodiscard]] int refuse(sd_bus_message* message) const {
        switch (mood) {
            case Mood::refuses:
                return sd_bus_reply_method_errorf(
                    message, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied");
            case Mood::knows_no_unit:
                return sd_bus_reply_method_errorf(
                    message, "org.freedesktop.systemd1.NoSuchUnit", "Unit not loaded.");
            case Mood::talks_nonsense:
                return sd_bus_reply_method_return(message, "s", "perhaps");
            case Mood::keeps_silent:
                return 1;
            case Mood::willing:
                break;
        }
        return 0;
    }

    int get(sd_bus_message* message) {
        char* raw = nullptr;
        sd_bus_path_decode(
            sd_bus_message_get_path(message), "/org/freedesktop/systemd1/unit", &raw);
        const std::unique_ptr<char, decltype(&::free)> held(raw, &::free);
        const std::string unit = raw == nullptr ? "" : raw;
        const char* interface = "";
        const char* property = "";
        sd_bus_message_read(message, "ss", &interface, &property);
        const bool scope = unit.ends_with(".scope");
        const bool sound =
            std::string_view(property) == "CPUQuotaPerSecUSec" &&
            std::string_view(interface) ==
                (scope ? "org.freedesktop.systemd1.Scope" : "org.freedesktop.systemd1.Service");
        note((sound ? "get " : "wrong get ") + unit);
        const int refused = refuse(message);
        return refused != 0 ? refused
                            : sd_bus_reply_method_return(message, "v", "t", quota_of(unit));
    }

    int set(sd_bus_message* message) {
        const char* unit = "";
        const char* property = "";
        int runtime = 0;
        std::uint64_t quota = 0;
        sd_bus_message_read(message, "sb", &unit, &runtime);
        sd_bus_message_enter_container(message, 'a', "(sv)");
        sd_bus_message_enter_container(message, 'r', "sv");
        sd_bus_message_read(message, "s", &property);
        sd_bus_message_read(message, "v", "t", &quota);
        const bool sound = runtime == 1 && std::string_view(property) == "CPUQuotaPerSecUSec";
        note((sound ? "set " : "wrong set ") + std::string(unit) + " " +
             (quota == no_quota ? "none" : std::to_string(quota)));
        if (const int refused = refuse(message); refused != 0) {
            return refused;
        }
        quotas[unit] = quota;
        return sd_bus_reply_method_return(message, "");
    }
};

}  // namespace penstock::fakes
