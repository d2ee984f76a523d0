// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include "agent/probes/resctrl/mbm_counters.h"
#include "agent/probes/resctrl/resctrl_sources.h"

namespace penstock {
namespace {

// Each file interrupts a processor behind its L3 cache.
constexpr Duration shortest_period = std::chrono::milliseconds(100);

// Groups come and go rarely, and the traffic of a new one is missing until it is seen.
constexpr Duration survey_period = std::chrono::seconds(1);

class MbmSource final : public Source {
  public:
    explicit MbmSource(Duration period) : period_(std::max(period, shortest_period)) {}

    [[nodiscard]] std::string_view name() const override { return "resctrl_mbm"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period_, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    Duration period_;
    Machine* machine_ = nullptr;  // Outlives us.
    SourceId self_{};
    Testimony by_{};
    MbmCounters counters_{};
    TimePoint survey_at_{};
};

Opened MbmSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    machine_ = &machine;
    self_ = self;
    survey_at_ = {};
    if (auto trouble = resctrl_trouble(machine)) {
        return Absent{std::move(*trouble)};
    }
    MemoryPlaces places = MemoryPlaces::survey(machine);
    // A processor's traffic counts where the processor is, wherever the memory may be: with several
    // nodes that is an estimate of what crosses the node's own bus.
    by_ = {.origin = "resctrl MBM, by the processor's node",
           .confidence = places.nodes() > 1 ? Confidence::derived : Confidence::counter,
           .emulated = around.emulated,
           .valid_for = holds_for(pace())};
    counters_ = MbmCounters(std::move(places));
    if (const Result<> found = counters_.survey(machine); !found) {
        return Absent{found.error().message()};
    }
    return Available{"what processors ask of " + std::to_string(counters_.nodes().size()) +
                     " memory nodes, summed over " + std::to_string(counters_.groups()) +
                     " control groups"};
}

bool MbmSource::read(TimePoint now, Readings& into) {
    if (survey_at_ == TimePoint{}) {
        survey_at_ = now + survey_period;  // open() has just looked.
    } else if (now >= survey_at_) {
        survey_at_ = now + survey_period;
        if (!counters_.survey(*machine_)) {
            return false;
        }
    }
    if (!counters_.read(now)) {
        survey_at_ = now;
    }
    for (const MbmCounters::Node& node : counters_.nodes()) {
        CounterReading reading{.subject = {.place = memory_node(node.number),
                                           .quantity = Quantity::dram_cpu,
                                           .source = self_},
                               .by = by_};
        reading.by.taken = now;
        if (node.known) {
            reading.count = node.bytes;
        } else {
            reading.by.origin = node.why;
        }
        into.counters.push_back(std::move(reading));
    }
    return true;
}

}  // namespace

std::unique_ptr<Source> make_resctrl_mbm(const SourceSettings& settings) {
    return std::make_unique<MbmSource>(settings.period);
}

}  // namespace penstock
