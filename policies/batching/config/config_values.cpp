// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/config/config_values.h"

#include <algorithm>

#include "base/text.h"
#include "policies/batching/config/config_reader.h"

namespace penstock::batching {

Result<ConfigValues> ConfigValues::parse(std::string file, std::string_view text) {
    ConfigValues values;
    values.file_ = std::move(file);
    Result<std::vector<ConfigValue>> read = read_config(text);
    if (!read) {
        return fail(values.file_ + ":" + read.error().message());
    }
    values.values_ = std::move(*read);
    return values;
}

Result<> ConfigValues::change(std::string_view assignment) {
    const std::size_t sign = assignment.find('=');
    if (sign == std::string_view::npos || sign == 0) {
        return fail(printable(assignment) + " is no KEY=VALUE");
    }
    const std::string path(assignment.substr(0, sign));
    const Result<ConfigValue::Content> content = read_config_value(assignment.substr(sign + 1));
    if (!content) {
        return fail(printable(assignment) + ": " + content.error().message());
    }
    const auto found = std::ranges::find(values_, path, &ConfigValue::path);
    if (found == values_.end()) {
        values_.push_back({.path = path, .content = *content, .line = 1});
    } else {
        found->content = *content;
    }
    return {};
}

const ConfigValue* ConfigValues::find(std::string_view path) const {
    const auto found = std::ranges::find(values_, path, &ConfigValue::path);
    return found == values_.end() ? nullptr : &*found;
}

std::string ConfigValues::place(std::string_view path) const {
    const ConfigValue* value = find(path);
    return file_ + ":" + std::to_string(value == nullptr ? 1 : value->line) + ": ";
}

}  // namespace penstock::batching
