// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/calibration_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/probes/calibration/key_values.h"
#include "agent/probes/calibration/verdict.h"

namespace penstock::calibration {
namespace {

constexpr std::string_view first_line = "penstock-calibration 1";

// No machine has more; what exceeds it was not written by us.
constexpr std::uint64_t most_nodes = 1024;
constexpr std::uint64_t most_processors = 65536;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 50;
constexpr std::uint64_t most_bytes_per_second = 1'000'000'000'000'000;
constexpr std::uint64_t most_probes = 1'000'000;
constexpr double longest_line_ns = 1e9;
constexpr double largest_change = 1e6;

std::string figures_text(const SignalFigures& figures) {
    return fmt::format("{} {} {} {} {} {}",
                       figures.alone_ns,
                       figures.loaded_ns,
                       figures.change,
                       figures.interval.low,
                       figures.interval.high,
                       figures.auc);
}

std::string canary_text(const CanaryTrial& trial, bool usable) {
    return fmt::format(
        "canary_period_us={}\ncanary_buffer_bytes={}\ncanary_probes={} {} {}\n"
        "canary_chase={}\ncanary_read={}\ncanary_enabled={}\n",
        std::chrono::duration_cast<std::chrono::microseconds>(trial.period).count(),
        trial.buffer_bytes,
        trial.alone,
        trial.loaded,
        trial.discarded,
        figures_text(trial.chase),
        figures_text(trial.read),
        usable ? "yes" : "no");
}

void take_peaks(KeyValues& from, std::vector<PeakRow>& into) {
    for (const std::string_view row : from.all("peak")) {
        const std::uint64_t most_rate = most_bytes_per_second;
        constexpr std::size_t columns = 5;
        const auto numbers = from.numbers<columns>("peak",
                                                   row,
                                                   {{{0, most_nodes},
                                                     {1, most_processors},
                                                     {1, most_rate},
                                                     {1, most_rate},
                                                     {1, most_rate}}});
        into.push_back({.node = static_cast<std::uint32_t>(numbers[0]),
                        .cores = static_cast<std::uint32_t>(numbers[1]),
                        .read = {numbers[2]},
                        .write = {numbers[3]},
                        .copy = {numbers[4]}});
    }
    if (into.empty() || into.size() > most_peak_rows) {
        from.complain(
            fmt::format("it has {} peaks, expected 1 to {}", into.size(), most_peak_rows));
    }
}

SignalFigures take_figures(KeyValues& from, std::string_view key) {
    constexpr std::size_t columns = 6;
    constexpr Bounds<double> change{.least = -1, .most = largest_change};
    constexpr Bounds<double> time{.least = 0, .most = longest_line_ns};
    const auto numbers = from.numbers<columns, double>(
        key, from.one(key), {{time, time, change, change, change, {.least = 0, .most = 1}}});
    return {.alone_ns = numbers[0],
            .loaded_ns = numbers[1],
            .change = numbers[2],
            .interval = {.low = numbers[3], .high = numbers[4]},
            .auc = numbers[5]};
}

CanaryTrial take_trial(KeyValues& from) {
    constexpr Bounds<std::uint64_t> probes{.least = 0, .most = most_probes};
    constexpr Bounds<std::uint64_t> period_us{.least = 1000, .most = 1'000'000};
    constexpr Bounds<std::uint64_t> bytes{.least = 1, .most = most_bytes};
    const std::chrono::microseconds period(from.number("canary_period_us", period_us));
    CanaryTrial trial{.period = period, .buffer_bytes = from.number("canary_buffer_bytes", bytes)};
    const auto counts =
        from.numbers<3>("canary_probes", from.one("canary_probes"), {{probes, probes, probes}});
    trial.alone = static_cast<std::uint32_t>(counts[0]);
    trial.loaded = static_cast<std::uint32_t>(counts[1]);
    trial.discarded = static_cast<std::uint32_t>(counts[2]);
    trial.chase = take_figures(from, "canary_chase");
    trial.read = take_figures(from, "canary_read");
    return trial;
}

void take_canary(KeyValues& from, Calibration& into) {
    if (from.has("canary_because")) {
        into.no_canary_because = from.sentence("canary_because", longest_sentence);
        return;
    }
    into.canary = take_trial(from);
    const std::string_view enabled = from.one("canary_enabled");
    const std::string_view expected = canary_usable(into) ? "yes" : "no";
    if (enabled != expected) {
        from.complain(fmt::format(
            "canary_enabled is \"{}\", but its own figures say {}", printable(enabled), expected));
    }
}

}  // namespace

std::string text_of(const Calibration& calibration) {
    std::string text = fmt::format(
        "{}\ndate={}\nkernel={}\nmethod={}\nprocessors={}\ncache_bytes={}\nbuffer_bytes={}\n"
        "others={}\n",
        first_line,
        calibration.date,
        calibration.kernel,
        calibration.method,
        calibration.processors,
        calibration.cache_bytes,
        calibration.buffer_bytes,
        calibration.others);
    for (const PeakRow& row : calibration.peaks) {
        text += fmt::format("peak={} {} {} {} {}\n",
                            row.node,
                            row.cores,
                            row.read.value,
                            row.write.value,
                            row.copy.value);
    }
    text += calibration.canary ? canary_text(*calibration.canary, canary_usable(calibration))
                               : fmt::format("canary_because={}\n", calibration.no_canary_because);
    return text;
}

Result<Calibration> parse_calibration(std::string_view text) {
    if (text.size() > longest_text) {
        return fail(fmt::format("it has more than {} bytes", longest_text));
    }
    const std::size_t end_of_first = std::min(text.find('\n'), text.size());
    if (text.substr(0, end_of_first) != first_line) {
        return fail(fmt::format("it begins with \"{}\", expected \"{}\"",
                                printable(text.substr(0, end_of_first)),
                                first_line));
    }
    KeyValues from(text.substr(std::min(end_of_first + 1, text.size())));
    constexpr Bounds<std::uint64_t> bytes{.least = 0, .most = most_bytes};
    Calibration found{
        .date = from.sentence("date", longest_sentence),
        .kernel = from.sentence("kernel", longest_sentence),
        .method = from.sentence("method", longest_sentence),
        .processors = static_cast<std::uint32_t>(
            from.number("processors", {.least = 1, .most = most_processors})),
        .cache_bytes = from.number("cache_bytes", bytes),
        .buffer_bytes = from.number("buffer_bytes", bytes),
        .others =
            from.numbers<1, double>("others", from.one("others"), {{{.least = 0, .most = 1}}})[0],
    };
    take_peaks(from, found.peaks);
    take_canary(from, found);
    if (const std::string complaint = from.complaint(); !complaint.empty()) {
        return fail(complaint);
    }
    return found;
}

}  // namespace penstock::calibration
