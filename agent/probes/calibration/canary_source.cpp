// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/canary_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/record_check.h"
#include "agent/probes/calibration/verdict.h"

namespace penstock {
namespace {

using namespace calibration;  // NOLINT(google-build-using-namespace): this file is their meeting.

// Their median is told: one interrupt must not look like a full memory.
constexpr std::size_t looks_remembered = 5;
// So many useless ones in a row, and nothing is known any more.
constexpr std::size_t most_disturbed = 25;
constexpr Duration default_period = std::chrono::milliseconds(20);
constexpr Duration pause_without_memory = std::chrono::seconds(60);

class Looks {
  public:
    void clear() { count_ = 0; }

    void add(double line_ns) { recent_.at(count_++ % recent_.size()) = line_ns; }

    // Of at least one.
    [[nodiscard]] double median() const {
        const std::size_t known = std::min(count_, recent_.size());
        std::array<double, looks_remembered> sorted = recent_;
        const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(known);
        std::sort(sorted.begin(), end);
        return sorted.at(known / 2);
    }

  private:
    std::array<double, looks_remembered> recent_{};
    std::size_t count_ = 0;
};

class CanarySource final : public Source {
  public:
    CanarySource(std::string path, MakeProbe make_probe)
        : path_(std::move(path)), make_probe_(std::move(make_probe)) {}

    [[nodiscard]] std::string_view name() const override { return "canary"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = trial_ ? trial_->period : default_period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    bool still_the_same();
    void tell(TimePoint now, std::optional<double> pressure, Readings& into);

    std::string path_;
    MakeProbe make_probe_;
    Machine* machine_ = nullptr;
    Surroundings around_{};
    SourceId self_{};
    std::optional<Calibration> record_{};
    std::optional<CanaryTrial> trial_{};
    std::unique_ptr<Probe> probe_{};
    std::string trouble_{};  // Why there is no probe.
    std::optional<TimePoint> looked_{};
    Looks looks_{};
    std::size_t disturbed_ = 0;  // In a row.
    Origin known_{};
    Origin unknown_{};
};

Opened CanarySource::open(Machine& machine, const Surroundings& around, SourceId self) {
    machine_ = &machine;
    around_ = around;
    self_ = self;
    looked_.reset();
    probe_.reset();
    looks_.clear();
    disturbed_ = 0;
    if (!trouble_.empty()) {
        return Later{.why = std::exchange(trouble_, ""), .again_in = pause_without_memory};
    }
    auto record = usable_record(machine, around, path_);
    if (!record) {
        return Absent{record.error()};
    }
    if (std::string refusal = canary_refusal(*record); !refusal.empty()) {
        return Absent{std::move(refusal)};
    }
    trial_ = record->canary;
    record_ = *std::move(record);
    const SignalFigures& figures = figures_of(*trial_, better_signal(*trial_));
    known_ = fmt::format("canary: a line in {:.1f} ns alone and {:.1f} ns loaded, as calibrated {}",
                         figures.alone_ns,
                         figures.loaded_ns,
                         record_->date);
    unknown_ =
        fmt::format("the last {} looks of the canary were disturbed: others use the processors",
                    most_disturbed);
    return Available{fmt::format("memory pressure at memory node 0, by a probe of {}",
                                 mebibytes_text(trial_->buffer_bytes))};
}

// Somebody may have calibrated anew.
bool CanarySource::still_the_same() {
    const auto record = usable_record(*machine_, around_, path_);
    return record && *record == *record_;
}

bool CanarySource::read(TimePoint now, Readings& into) {
    if (!probe_) {
        // Not before somebody really wants to know: whoever only opens it pays no memory.
        auto probe = make_probe_(*machine_, trial_->buffer_bytes);
        if (!probe) {
            trouble_ = probe.error().message();
            return false;
        }
        probe_ = std::move(*probe);
    }
    if (!looked_) {
        looked_ = now;
    } else if (now - *looked_ >= record_look) {
        looked_ = now;
        if (!still_the_same()) {
            return false;
        }
    }
    const ProbeSample sample = probe_->look();
    if (!sample.disturbed) {
        const Signal signal = better_signal(*trial_);
        disturbed_ = 0;
        looks_.add(signal == Signal::chase ? sample.chase_ns : sample.read_ns);
        tell(now, pressure_of(looks_.median(), figures_of(*trial_, signal)), into);
    } else if (++disturbed_ >= most_disturbed) {
        looks_.clear();
        tell(now, std::nullopt, into);
    }
    return true;
}

void CanarySource::tell(TimePoint now, std::optional<double> pressure, Readings& into) {
    into.levels.push_back(
        {.subject = {.place = memory_node(0),
                     .quantity = Quantity::memory_pressure,
                     .source = self_},
         .by = {.origin = pressure ? known_ : unknown_,
                .confidence = Confidence::heuristic,
                .taken = now,
                .valid_for = static_cast<std::int64_t>(most_disturbed) * pace().period},
         .value = pressure});
}

Result<std::unique_ptr<Probe>> make_real_probe(Machine& machine, std::uint64_t buffer_bytes) {
    const Result<std::uint64_t> available = available_memory(machine);
    if (!available) {
        return std::unexpected(available.error());
    }
    constexpr std::uint64_t share = 4;
    if (buffer_bytes > *available / share) {
        return fail(fmt::format("the canary needs {}, more than a quarter of the available {}",
                                mebibytes_text(buffer_bytes),
                                mebibytes_text(*available)));
    }
    auto canary = Canary::make(machine, buffer_bytes);
    if (!canary) {
        return std::unexpected(std::move(canary).error());
    }
    return std::move(*canary);
}

}  // namespace

std::unique_ptr<Source> make_canary(const SourceSettings& settings) {
    return make_canary_with(settings, make_real_probe);
}

std::unique_ptr<Source> make_canary_with(const SourceSettings& settings, MakeProbe make_probe) {
    return std::make_unique<CanarySource>(settings.calibration_file, std::move(make_probe));
}

}  // namespace penstock
