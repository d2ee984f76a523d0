// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/peak_sources.h"

#include <fmt/format.h>

#include <vector>

#include "agent/probes/calibration/concurrency.h"
#include "agent/probes/calibration/processors.h"
#include "agent/probes/calibration/record_check.h"

namespace penstock {
namespace {

using calibration::Peak;

// A peak does not change; it is repeated so that it does not expire.
constexpr Duration period = std::chrono::seconds(1);

// "28.1 GB/s".
std::string rate_text(double bytes_per_second) {
    constexpr double giga = 1e9;
    return fmt::format("{:.1f} GB/s", bytes_per_second / giga);
}

std::string nodes_text(const std::vector<LevelReading>& levels) {
    std::string text;
    for (const LevelReading& level : levels) {
        if (level.subject.quantity != Quantity::dram_peak) {
            continue;
        }
        text += fmt::format("{}{} at memory node {}",
                            text.empty() ? "" : ", ",
                            rate_text(level.value.value_or(0)),
                            level.subject.place.number);
    }
    return text;
}

Subject peak_of(std::uint32_t node, SourceId self) {
    return {.place = memory_node(node), .quantity = Quantity::dram_peak, .source = self};
}

class PeakSource : public Source {
  public:
    [[nodiscard]] Pace pace() const override { return {.period = period}; }

    bool read(TimePoint now, Readings& into) override {
        for (LevelReading& level : levels_) {
            level.by.taken = now;
            into.levels.push_back(level);
        }
        return true;
    }

  protected:
    void forget() { levels_.clear(); }

    void set(Subject subject, const Sample<double>& sample) {
        levels_.push_back({.subject = subject,
                           .by = {.origin = sample.source,
                                  .confidence = sample.confidence,
                                  .valid_for = holds_for(pace())},
                           .value = sample.value});
    }

    [[nodiscard]] Opened available() const { return Available{nodes_text(levels_)}; }

  private:
    std::vector<LevelReading> levels_;
};

class ConfiguredPeak final : public PeakSource {
  public:
    explicit ConfiguredPeak(std::optional<BytesPerSecond> peak) : peak_(peak) {}

    [[nodiscard]] std::string_view name() const override { return "configured_peak"; }

    Opened open(Machine& machine, const Surroundings& /*around*/, SourceId self) override {
        forget();
        if (!peak_ || peak_->value == 0) {
            return Absent{"no peak is configured: DramPeak=, or penstockd --dram-peak"};
        }
        for (const std::uint32_t node : calibration::memory_nodes(machine)) {
            set(peak_of(node, self),
                {.value = static_cast<double>(peak_->value),
                 .source = "configured as DramPeak=",
                 .confidence = Confidence::heuristic});
        }
        return available();
    }

  private:
    std::optional<BytesPerSecond> peak_;
};

class CalibratedPeak final : public PeakSource {
  public:
    explicit CalibratedPeak(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] std::string_view name() const override { return "calibrated_peak"; }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override {
        forget();
        looked_.reset();
        const auto record = calibration::usable_record(machine, around, path_);
        if (!record) {
            return Absent{record.error()};
        }
        for (const std::uint32_t node : nodes_of(*record)) {
            const Peak peak = best_peak(*record, node).value_or(Peak{});
            set(peak_of(node, self),
                {.value = static_cast<double>(peak.rate.value),
                 .source = origin_text(*record, peak.kind, peak.cores),
                 .confidence = Confidence::derived});
            set({.place = memory_node(node),
                 .quantity = Quantity::concurrency_gain,
                 .source = self},
                gain_sample(*record, node));
        }
        return available();
    }

    // Somebody may have calibrated anew: the file is opened again once a minute.
    bool read(TimePoint now, Readings& into) override {
        if (!looked_) {
            looked_ = now;
        }
        return now - *looked_ < calibration::record_look && PeakSource::read(now, into);
    }

  private:
    std::string path_;
    std::optional<TimePoint> looked_{};
};

}  // namespace

std::unique_ptr<Source> make_configured_peak(const SourceSettings& settings) {
    return std::make_unique<ConfiguredPeak>(settings.configured_peak);
}

std::unique_ptr<Source> make_calibrated_peak(const SourceSettings& settings) {
    return std::make_unique<CalibratedPeak>(settings.calibration_file);
}

}  // namespace penstock
