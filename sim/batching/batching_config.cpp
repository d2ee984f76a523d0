// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "policies/batching/bins.h"
#include "sim/whole_file.h"

namespace penstock::sim {
namespace {

constexpr double longest_service_s = 1e6;

Result<> set_boundaries(BatchingConfig& config, const ConfigValues& values, const RawTrace& raw) {
    batching::BatchingSettings& settings = config.batching;
    if (!batching::has_bins(settings.mode) || settings.boundaries.size() + 1 == settings.bins) {
        return {};
    }
    if (settings.bins > raw.rows.size()) {
        return fail(
            fmt::format("{}there are {} bins for {} requests: k_bins is at most as "
                        "many, unless bin_boundaries are given",
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

Result<ConfigValues> load_config(const std::string& file) {
    const Result<std::string> text = read_whole(file, ConfigValues::most_bytes);
    return text ? ConfigValues::parse(file, *text) : std::unexpected(text.error());
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
