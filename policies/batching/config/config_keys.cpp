// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/config/config_keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "policies/batching/request.h"
#include "policies/batching/rounding.h"

namespace penstock::batching {
namespace {

using Content = ConfigValue::Content;
using Config = BatchingConfig;

constexpr double most_seconds = 1e6;  // Of any coefficient or target: eleven days.
constexpr std::int64_t most_capacity = std::int64_t{1} << 50U;

std::optional<std::int64_t> whole(const Content& content) {
    constexpr double exact = 9007199254740992.0;  // Below it every whole number is its own.
    if (const auto* number = std::get_if<std::int64_t>(&content)) {
        return *number;
    }
    const auto* number = std::get_if<double>(&content);
    if (number != nullptr && std::abs(*number) <= exact && std::trunc(*number) == *number) {
        return static_cast<std::int64_t>(*number);
    }
    return std::nullopt;
}

std::string spelled(double number) {
    constexpr std::size_t longest = 32;
    std::array<char, longest> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), written.ptr};
}

template <typename T>
Result<> read_whole_number(const Content& content, std::int64_t least, std::int64_t most, T& into) {
    const std::optional<std::int64_t> number = whole(content);
    if (!number || *number < least || *number > most) {
        return fail("is no whole number from " + std::to_string(least) + " to " +
                    std::to_string(most));
    }
    into = static_cast<T>(*number);
    return {};
}

Result<> read_real(const Content& content, double least, double most, double& into) {
    std::optional<double> number;
    if (const auto* real = std::get_if<double>(&content)) {
        number = *real;
    } else if (const auto* integer = std::get_if<std::int64_t>(&content)) {
        number = static_cast<double>(*integer);
    }
    if (!number || *number < least || *number > most) {
        return fail("is no number from " + spelled(least) + " to " + spelled(most));
    }
    into = *number;
    return {};
}

Result<> read_seconds(const Content& content, double& into) {
    return read_real(content, 0, most_seconds, into);
}

Result<> read_seconds(const Content& content, std::int64_t& into) {
    double seconds = 0;
    Result<> read = read_seconds(content, seconds);
    if (read) {
        into = nanoseconds(seconds);
    }
    return read;
}

template <typename T, std::size_t count>
Result<> read_name(const Content& content,
                   const std::array<std::pair<std::string_view, T>, count>& names,
                   T& into) {
    const auto* text = std::get_if<std::string>(&content);
    std::string all;
    for (const auto& [name, value] : names) {
        if (text != nullptr && *text == name) {
            into = value;
            return {};
        }
        all += (all.empty() ? "" : ", ") + std::string(name);
    }
    return fail("is none of: " + all);
}

template <auto member>
Result<> count(const Content& content, Config& into) {
    return read_whole_number(content, 1, largest_batch, into.batching.*member);
}

template <auto member>
Result<> step_seconds(const Content& content, Config& into) {
    return read_seconds(content, into.step_time.*member);
}

template <auto member>
Result<> service_coefficient(const Content& content, Config& into) {
    return read_seconds(content, into.service.*member);
}

template <auto member>
Result<> sla_seconds(const Content& content, Config& into) {
    return read_seconds(content, into.batching.sla.*member);
}

template <auto member>
Result<> sla_count(const Content& content, Config& into) {
    return read_whole_number(content, 0, largest_batch, into.batching.sla.*member);
}

Result<> mode(const Content& content, Config& into) {
    using enum Mode;
    constexpr std::array<std::pair<std::string_view, Mode>, 5> names{
        {{"static_fifo", static_fifo},
         {"dynamic_no_bins", dynamic_no_bins},
         {"multi_bin_dynamic", multi_bin_dynamic},
         {"multi_bin_fixed", multi_bin_fixed},
         {"continuous", continuous}}};
    return read_name(content, names, into.batching.mode);
}

Result<> latency_kind(const Content& content, Config& into) {
    using Kind = ServiceTime::Kind;
    constexpr std::array<std::pair<std::string_view, Kind>, 2> names{
        {{"seed", Kind::seed}, {"linear", Kind::linear}}};
    return read_name(content, names, into.service.kind);
}

Result<> step_kind(const Content& content, Config& into) {
    constexpr std::array<std::pair<std::string_view, StepKind>, 2> names{
        {{"token", StepKind::token}, {"chunked", StepKind::chunked}}};
    return read_name(content, names, into.step);
}

Result<> cache_kind(const Content& content, Config& into) {
    constexpr std::array<std::pair<std::string_view, bool>, 2> names{
        {{"reserve", false}, {"paged", true}}};
    return read_name(content, names, into.chunks.paged);
}

Result<> bin_key(const Content& content, Config& into) {
    constexpr std::array<std::pair<std::string_view, BinKey>, 2> names{
        {{"total", BinKey::total}, {"output", BinKey::output}}};
    return read_name(content, names, into.batching.key);
}

Result<> bin_policy(const Content& content, Config& into) {
    using enum BinPolicy;
    constexpr std::array<std::pair<std::string_view, BinPolicy>, 3> names{
        {{"round_robin", round_robin}, {"oldest", oldest}, {"longest", longest}}};
    return read_name(content, names, into.batching.policy);
}

Result<> scope(const Content& content, Config& into) {
    using enum FeedbackScope;
    constexpr std::array<std::pair<std::string_view, FeedbackScope>, 2> names{
        {{"per_bin", per_bin}, {"shared", shared}}};
    return read_name(content, names, into.batching.sla.scope);
}

Result<> boundaries(const Content& content, Config& into) {
    if (std::holds_alternative<std::monostate>(content)) {
        into.batching.boundaries.clear();
        return {};
    }
    const auto* numbers = std::get_if<ConfigValue::Numbers>(&content);
    if (numbers == nullptr || !std::ranges::is_sorted(*numbers)) {
        return fail("is neither null nor a list of whole numbers that ascend");
    }
    into.batching.boundaries = *numbers;
    return {};
}

constexpr std::array keys{
    ConfigKey{.path = "mode", .read = &mode, .required_of = "*"},
    ConfigKey{.path = "num_gpus",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(content, 1, most_devices, into.devices);
                  }},
    ConfigKey{.path = "rps_scale",
              .read = [](const Content& content,
                         Config& into) { return read_real(content, 1e-9, 1e9, into.rps_scale); }},
    ConfigKey{.path = "d_sla_s",
              .read = [](const Content& content,
                         Config& into) { return read_seconds(content, into.late_ns); }},
    ConfigKey{.path = "latency.kind", .read = &latency_kind},
    ConfigKey{.path = "latency.alpha",
              .read = &service_coefficient<&ServiceTime::alpha>,
              .required_of = "linear"},
    ConfigKey{.path = "latency.beta",
              .read = &service_coefficient<&ServiceTime::beta>,
              .required_of = "linear"},
    ConfigKey{.path = "latency.gamma",
              .read = &service_coefficient<&ServiceTime::gamma>,
              .of_kind = "seed"},
    ConfigKey{.path = "latency.beta_b",
              .read = &service_coefficient<&ServiceTime::beta_b>,
              .of_kind = "linear",
              .required_of = "linear"},
    ConfigKey{.path = "b_fixed", .read = &count<&BatchingSettings::fixed>},
    ConfigKey{.path = "b_min",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(
                          content, 1, largest_batch, into.batching.bounds.least);
                  }},
    ConfigKey{.path = "b_max",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(
                          content, 1, largest_batch, into.batching.bounds.most);
                  }},
    ConfigKey{.path = "kv_capacity_tokens",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(content, 1, most_capacity, into.batching.capacity);
                  }},
    ConfigKey{
        .path = "mem_theta",
        .read = [](const Content& content,
                   Config& into) { return read_real(content, -1000, 1000, into.batching.theta); }},
    ConfigKey{.path = "ctl.target_s", .read = &sla_seconds<&SlaSettings::target_ns>},
    ConfigKey{.path = "ctl.eps_s", .read = &sla_seconds<&SlaSettings::slack_ns>},
    ConfigKey{.path = "ctl.alpha", .read = &sla_count<&SlaSettings::alpha>},
    ConfigKey{.path = "ctl.delta", .read = &sla_count<&SlaSettings::delta>},
    ConfigKey{.path = "ctl.window",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(
                          content, 1, longest_window, into.batching.sla.window);
                  }},
    ConfigKey{.path = "ctl.scope", .read = &scope},
    ConfigKey{.path = "k_bins",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(content, 1, most_bins, into.batching.bins);
                  }},
    ConfigKey{.path = "bin_key", .read = &bin_key},
    ConfigKey{.path = "bin_boundaries", .read = &boundaries},
    ConfigKey{.path = "bin_policy", .read = &bin_policy},
    ConfigKey{.path = "step.kind", .read = &step_kind},
    ConfigKey{.path = "step.token_budget",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(content, 1, most_tokens, into.chunks.token_budget);
                  },
              .of_kind = "chunked",
              .required_of = "chunked"},
    ConfigKey{.path = "step.block",
              .read =
                  [](const Content& content, Config& into) {
                      return read_whole_number(content, 1, most_tokens, into.chunks.block);
                  },
              .of_kind = "chunked"},
    ConfigKey{.path = "step.kv", .read = &cache_kind, .of_kind = "chunked"},
    ConfigKey{.path = "step.c0",
              .read = &step_seconds<&ChunkedStepTime::constant>,
              .of_kind = "chunked",
              .required_of = "chunked"},
    ConfigKey{.path = "step.w",
              .read = &step_seconds<&ChunkedStepTime::weights>,
              .of_kind = "chunked",
              .required_of = "chunked"},
    ConfigKey{.path = "step.c_tok",
              .read = &step_seconds<&ChunkedStepTime::per_token>,
              .of_kind = "chunked",
              .required_of = "chunked"},
    ConfigKey{.path = "step.c_kv",
              .read = &step_seconds<&ChunkedStepTime::per_cached_token>,
              .of_kind = "chunked",
              .required_of = "chunked"},
};

}  // namespace

std::span<const ConfigKey> config_keys() {
    return keys;
}

}  // namespace penstock::batching
