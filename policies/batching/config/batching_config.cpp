// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/config/batching_config.h"

#include <algorithm>
#include <vector>

#include "base/suggestion.h"
#include "base/text.h"
#include "policies/batching/config/config_keys.h"

namespace penstock::batching {
namespace {

std::string_view kind_for(std::string_view path, const BatchingConfig& config) {
    if (path.starts_with("latency.")) {
        return config.service.kind == ServiceTime::Kind::seed ? "seed" : "linear";
    }
    return config.step == StepKind::token ? "token" : "chunked";
}

bool is_section(const std::string& path) {
    return std::ranges::any_of(
        config_keys(), [&](const ConfigKey& key) { return key.path.starts_with(path + "."); });
}

Result<> read_value(const ConfigValue& value, BatchingConfig& into) {
    const auto key = std::ranges::find(config_keys(), value.path, &ConfigKey::path);
    if (key == config_keys().end() && is_section(value.path)) {
        return std::holds_alternative<std::monostate>(value.content)
                   ? Result<>()
                   : fail(value.path + " is no object");
    }
    if (key == config_keys().end()) {
        std::vector<std::string_view> known;
        for (const ConfigKey& each : config_keys()) {
            known.push_back(each.path);
        }
        return fail(printable(value.path) + " is not known here" + did_you_mean(value.path, known));
    }
    Result<> read = key->read(value.content, into);
    return read ? read : fail(value.path + " " + read.error().message());
}

// Now that the kinds are known.
Result<> check_kinds(const ConfigValues& values, const BatchingConfig& config) {
    for (const ConfigKey& key : config_keys()) {
        const std::string_view kind = kind_for(key.path, config);
        const bool there = values.find(key.path) != nullptr;
        if (there && !key.of_kind.empty() && key.of_kind != kind) {
            return fail(values.place(key.path) + std::string(key.path) +
                        " is not known for the kind " + std::string(kind));
        }
        if (!there && (key.required_of == "*" || key.required_of == kind)) {
            return fail(values.place(key.path) + std::string(key.path) + " is missing");
        }
    }
    return {};
}

Result<> check_together(const ConfigValues& values, const BatchingConfig& config) {
    const BatchingSettings& batching = config.batching;
    if (batching.bounds.least > batching.bounds.most) {
        return fail(values.place("b_min") + "b_min is " + std::to_string(batching.bounds.least) +
                    ", more than b_max, which is " + std::to_string(batching.bounds.most));
    }
    const ConfigValue* boundaries = values.find("bin_boundaries");
    const bool given =
        boundaries != nullptr && !std::holds_alternative<std::monostate>(boundaries->content);
    if (given && batching.boundaries.size() + 1 != batching.bins) {
        return fail(values.place("bin_boundaries") + "bin_boundaries has " +
                    std::to_string(batching.boundaries.size()) + " numbers; between " +
                    std::to_string(batching.bins) + " bins there are " +
                    std::to_string(batching.bins - 1));
    }
    return {};
}

}  // namespace

bool has_bins(Mode mode) {
    return mode == Mode::multi_bin_dynamic || mode == Mode::multi_bin_fixed;
}

Result<BatchingConfig> make_config(const ConfigValues& values) {
    BatchingConfig config;
    for (const ConfigValue& value : values.all()) {
        if (Result<> read = read_value(value, config); !read) {
            return fail(values.place(value.path) + read.error().message());
        }
    }
    Result<> checked = check_kinds(values, config);
    if (checked) {
        checked = check_together(values, config);
    }
    return checked ? Result<BatchingConfig>(config) : std::unexpected(std::move(checked).error());
}

}  // namespace penstock::batching
