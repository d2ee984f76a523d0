// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/lease_view.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "client/ctl/figures.h"
#include "client/ctl/table.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 256;

std::string text_in(const json& lease, const char* name) {
    const auto found = lease.find(name);
    return found != lease.end() && found->is_string()
               ? printable(found->get<std::string>(), longest_text)
               : "";
}

// The largest number is D-Bus' word for unknown.
std::optional<std::uint64_t> number_in(const json& lease, const char* name) {
    const auto found = lease.find(name);
    if (found == lease.end() || !found->is_number_unsigned() ||
        *found == std::numeric_limits<std::uint64_t>::max()) {
        return std::nullopt;
    }
    return found->get<std::uint64_t>();
}

std::string count_text(const std::optional<std::uint64_t>& number) {
    return number ? std::to_string(*number) : "-";
}

// "lease/7" of "/org/penstock1/lease/7".
std::string short_path(const std::string& path) {
    constexpr std::string_view root = "/org/penstock1/";
    return path.starts_with(root) ? path.substr(root.size()) : path;
}

json or_null(const std::optional<std::uint64_t>& number) {
    return number ? json(*number) : json();
}

}  // namespace

std::string leases_text(const json& leases) {
    std::vector<std::vector<std::string>> rows;
    for (const json& lease : leases) {
        rows.push_back({short_path(text_in(lease, "Path")),
                        text_in(lease, "Resource"),
                        short_path(text_in(lease, "Target")),
                        rate_text(number_in(lease, "BytesPerSecond")),
                        count_text(number_in(lease, "OwnerUID")),
                        count_text(number_in(lease, "OwnerPID")),
                        text_in(lease, "Who"),
                        text_in(lease, "Why")});
    }
    return table_text({{.heading = "LEASE"},
                       {.heading = "RESOURCE"},
                       {.heading = "TARGET"},
                       {.heading = "RATE", .number = true},
                       {.heading = "UID", .number = true},
                       {.heading = "PID", .number = true},
                       {.heading = "WHO"},
                       {.heading = "WHY"}},
                      rows);
}

json leases_json(const json& leases) {
    json list = json::array();
    for (const json& lease : leases) {
        list.push_back({{"lease", text_in(lease, "Path")},
                        {"resource", text_in(lease, "Resource")},
                        {"target", text_in(lease, "Target")},
                        {"bytes_per_second", or_null(number_in(lease, "BytesPerSecond"))},
                        {"used_bytes", or_null(number_in(lease, "UsedBytes"))},
                        {"uid", or_null(number_in(lease, "OwnerUID"))},
                        {"pid", or_null(number_in(lease, "OwnerPID"))},
                        {"who", text_in(lease, "Who")},
                        {"why", text_in(lease, "Why")}});
    }
    return list;
}

}  // namespace penstock::ctl
