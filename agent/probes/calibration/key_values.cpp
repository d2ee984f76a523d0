// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/key_values.h"

#include <algorithm>

namespace penstock::calibration {

KeyValues::KeyValues(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t sign = line.find('=');
        if (sign == std::string_view::npos) {
            complain("the line \"" + printable(line) + "\" is not key=value");
            continue;
        }
        left_.emplace_back(line.substr(0, sign), line.substr(sign + 1));
    }
}

bool KeyValues::has(std::string_view key) const {
    return std::ranges::any_of(left_, [&](const auto& each) { return each.first == key; });
}

std::vector<std::string_view> KeyValues::all(std::string_view key) {
    std::vector<std::string_view> values;
    for (const auto& [name, value] : left_) {
        if (name == key) {
            values.push_back(value);
        }
    }
    std::erase_if(left_, [&](const auto& each) { return each.first == key; });
    return values;
}

std::string_view KeyValues::one(std::string_view key) {
    const std::vector<std::string_view> values = all(key);
    if (values.size() == 1) {
        return values.front();
    }
    complain(std::string(key) + " is there " + std::to_string(values.size()) +
             " times, expected once");
    return "";
}

std::string KeyValues::sentence(std::string_view key, std::size_t longest) {
    const std::string_view value = one(key);
    std::string safe = printable(value, longest);
    if (value.empty() || safe != value) {
        complain(std::string(key) + " is empty, too long, or can not be printed");
    }
    return safe;
}

void KeyValues::complain(std::string why) {
    if (complaint_.empty()) {
        complaint_ = std::move(why);
    }
}

std::string KeyValues::complaint() const {
    if (complaint_.empty() && !left_.empty()) {
        return "nobody knows its key \"" + printable(left_.front().first) + "\"";
    }
    return complaint_;
}

}  // namespace penstock::calibration
