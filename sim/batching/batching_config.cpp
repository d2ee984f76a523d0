// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/suggestion.h"
#include "base/text.h"
#include "policies/batching/bins.h"
#include "sim/batching/config_keys.h"

namespace penstock::sim {
namespace {

using batching::Mode;

constexpr double longest_service_s = 1e6;

bool has_bins(Mode mode) {
    return mode == Mode::multi_bin_dynamic || mode == Mode::multi_bin_fixed;
}

std::string_view kind_for(std::string_view path, const BatchingConfig& config) {
    if (path.starts_with("latency.")) {
        return config.service.kind == batching::ServiceTime::Kind::seed ? "seed" : "linear";
    }
    return config.step == StepKind::token ? "token" : "chunked";
}

bool is_section(const ConfigValue& value) {
    return std::holds_alternative<std::monostate>(value.content) &&
           std::ranges::any_of(config_keys(), [&](const ConfigKey& key) {
               return key.path.starts_with(value.path + ".");
           });
}

Result<> read_value(const ConfigValue& value, BatchingConfig& into) {
    const auto key = std::ranges::find(config_keys(), value.path, &ConfigKey::path);
    if (key == config_keys().end()) {
        std::vector<std::string_view> known;
        for (const ConfigKey& each : config_keys()) {
            known.push_back(each.path);
        }
        return is_section(value) ? Result<>()
                                 : fail(printable(value.path) + " is not known here" +
                                        did_you_mean(value.path, known));
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
            return fail(fmt::format(
                "{}{} is not known for the kind {}", values.place(key.path), key.path, kind));
        }
        if (!there && (key.required_of == "*" || key.required_of == kind)) {
            return fail(fmt::format("{}{} is missing", values.place(key.path), key.path));
        }
    }
    return {};
}

Result<> check_together(const ConfigValues& values, const BatchingConfig& config) {
    const batching::BatchingSettings& batching = config.batching;
    if (batching.bounds.least > batching.bounds.most) {
        return fail(fmt::format("{}b_min is {}, more than b_max, which is {}",
                                values.place("b_min"),
                                batching.bounds.least,
                                batching.bounds.most));
    }
    const ConfigValue* boundaries = values.find("bin_boundaries");
    const bool given =
        boundaries != nullptr && !std::holds_alternative<std::monostate>(boundaries->content);
    if (given && batching.boundaries.size() + 1 != batching.bins) {
        return fail(fmt::format("{}bin_boundaries has {} numbers; between {} bins there are {}",
                                values.place("bin_boundaries"),
                                batching.boundaries.size(),
                                batching.bins,
                                batching.bins - 1));
    }
    return {};
}

Result<> set_boundaries(BatchingConfig& config, const ConfigValues& values, const RawTrace& raw) {
    batching::BatchingSettings& settings = config.batching;
    if (!has_bins(settings.mode) || settings.boundaries.size() + 1 == settings.bins) {
        return {};
    }
    if (settings.bins > raw.rows.size()) {
        return fail(fmt::format("{}there are {} bins for {} requests",
                                values.place("k_bins"),
                                settings.bins,
                                raw.rows.size()));
    }
    std::vector<std::int64_t> keys;
    keys.reserve(raw.rows.size());
    for (const TraceRow& row : raw.rows) {
        keys.push_back(batching::key_of(
            {.prompt = row.prompt, .output = row.output, .predicted = row.predicted},
            settings.key));
    }
    settings.boundaries = batching::equal_mass_boundaries(keys, settings.bins);
    return {};
}

}  // namespace

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

Result<> fit_to_trace(BatchingConfig& config, const ConfigValues& values, const RawTrace& raw) {
    std::int64_t least = INT64_MAX;
    std::uint32_t longest = 0;
    for (const TraceRow& row : raw.rows) {
        least = std::min<std::int64_t>(least, row.prompt + row.predicted);
        longest = std::max(longest, row.prompt + row.output);
    }
    if (config.batching.capacity < least) {
        return fail(fmt::format("{}kv_capacity_tokens is {}, and no request needs less than {}",
                                values.place("kv_capacity_tokens"),
                                config.batching.capacity,
                                least));
    }
    const std::uint32_t most = std::max(config.batching.bounds.most, config.batching.fixed);
    const double seconds = config.service.batch_seconds(most, longest);
    const auto cached = std::uint64_t{most} * longest;
    if (!(seconds <= longest_service_s) ||
        config.step_time.step_ns(config.chunks.token_budget, cached) >
            std::int64_t{1'000'000'000'000'000}) {
        return fail(fmt::format("{}a batch of {} requests of {} tokens would take longer than {} s",
                                values.place("latency"),
                                most,
                                longest,
                                longest_service_s));
    }
    return set_boundaries(config, values, raw);
}

}  // namespace penstock::sim
