// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/counting_source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <span>
#include <utility>

#include "agent/probes/perf/box_plan.h"
#include "agent/probes/perf/cpu_places.h"
#include "base/text.h"

namespace penstock {
namespace {

// How often to look whether the counters moved to another processor, when theirs went offline.
constexpr Duration between_looks = std::chrono::seconds(1);

// Reading a counter of another processor interrupts that. So many groups cost a tick little; where
// there are more, it takes several ticks to read all.
constexpr std::size_t groups_per_turn = 16;

// The box is gone with its module or its processor; any other failure may pass.
bool is_gone(int code) {
    return code == ENODEV || code == ESRCH || code == ENXIO || code == ENOENT || code == EBADF;
}

class CountingSource final : public Source {
  public:
    CountingSource(const CounterKind& kind, Duration period)
        : kind_(kind), period_(std::max(period, kind.period)) {}

    [[nodiscard]] std::string_view name() const override { return kind_.name; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period_, .patience = kind_.patience};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    // What one read brings, and the place of it among readings_.
    struct Counters {
        std::unique_ptr<CounterGroup> group{};
        std::size_t first = 0;
        std::size_t size = 0;
        int told = 0;  // The errno that its readings have as their reason.
    };

    struct WatchedMask {
        std::unique_ptr<OpenFile> file{};
        std::string content{};
    };

    void close();
    [[nodiscard]] std::size_t rounds() const;
    [[nodiscard]] std::span<Counters> next_turn();
    Result<> open_box(Machine& machine, BoxPlan& plan, const CpuPlaces& places);
    Result<> open_together(Machine& machine, const BoxPlan& plan, std::uint32_t cpu);
    Result<> open_group(Machine& machine, std::span<const PerfEvent> events, std::uint32_t cpu);
    void add_readings(const BoxPlan& plan, const Place& place);
    [[nodiscard]] Result<Place> place_of_cpu(std::uint32_t cpu, const CpuPlaces& places) const;
    void watch(CpuMask mask);
    [[nodiscard]] Opened available(std::size_t boxes, const CpuPlaces& places);
    [[nodiscard]] bool is_outdated(TimePoint now);
    bool tell(Counters& counters, TimePoint now, Readings& into);
    void set_reason(const Counters& counters, int code);

    const CounterKind& kind_;
    Duration period_;
    Testimony by_{};
    SourceId self_{};
    Origin origin_{};
    std::vector<Counters> counters_;
    std::vector<CounterReading> readings_;  // As they are added, but for counts and times.
    std::size_t turn_ = 0;                  // Whose it is next, of counters_.
    bool begun_ = false;
    std::vector<WatchedMask> masks_;
    std::set<std::uint32_t> cpus_;
    bool one_by_one_ = false;
    std::optional<TimePoint> first_read_{};
    TimePoint next_look_{};
};

// "processor 0" or "processors 0, 48".
std::string processors(const std::set<std::uint32_t>& numbers) {
    std::string text = numbers.size() == 1 ? "processor" : "processors";
    for (const std::uint32_t number : numbers) {
        text += (number == *numbers.begin() ? " " : ", ") + std::to_string(number);
    }
    return text;
}

// Why perf refused, and what an administrator can change.
Opened refused(Machine& machine, std::string_view kind, Error error) {
    const int code = error.code;
    std::string why = std::move(error).while_doing("count " + std::string(kind)).message();
    if (code == EACCES || code == EPERM) {
        const auto paranoid = machine.read("proc/sys/kernel/perf_event_paranoid");
        why += ": it takes CAP_PERFMON, or kernel.perf_event_paranoid of 0 or less";
        if (paranoid) {
            why += " where it is " + printable(trimmed(*paranoid), 8) + " now";
        }
    }
    if (code == EBUSY) {
        return Later{.why = std::move(why)};
    }
    return Absent{std::move(why)};
}

void CountingSource::close() {
    counters_.clear();
    readings_.clear();
    masks_.clear();
    cpus_.clear();
    one_by_one_ = false;
    first_read_.reset();
    next_look_ = {};
    turn_ = 0;
    begun_ = false;
}

// How many turns it takes to read everything once.
std::size_t CountingSource::rounds() const {
    return std::max<std::size_t>(1, (counters_.size() + groups_per_turn - 1) / groups_per_turn);
}

Opened CountingSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    close();
    self_ = self;
    by_ = {.emulated = around.emulated, .valid_for = holds_for(pace())};
    if (!kind_.instead.empty()) {
        const auto better = boxes_called(machine, kind_.instead);
        if (better && !better->empty()) {
            return Absent{"left alone, because " + std::string(kind_.instead) +
                          " counts the same better"};
        }
    }
    const auto boxes = boxes_called(machine, kind_.stem);
    if (!boxes || boxes->empty()) {
        return Absent{boxes ? "the kernel has no counters called " + std::string(kind_.stem)
                            : boxes.error().message()};
    }
    const CpuPlaces places(machine);
    for (const std::string& box : *boxes) {
        Result<BoxPlan> plan = plan_box(machine, kind_, box);
        if (!plan) {
            close();
            return Absent{plan.error().message()};
        }
        if (Result<> opened = open_box(machine, *plan, places); !opened) {
            close();
            return refused(machine, box, std::move(opened).error());
        }
    }
    return available(boxes->size(), places);
}

Result<Place> CountingSource::place_of_cpu(std::uint32_t cpu, const CpuPlaces& places) const {
    switch (kind_.place) {
        case Place::Kind::memory_node: {
            const auto node = places.node_of(cpu);
            return node ? memory_node(*node) : Result<Place>(std::unexpected(node.error()));
        }
        case Place::Kind::package: {
            const auto number = places.package_of(cpu);
            return number ? package(*number) : Result<Place>(std::unexpected(number.error()));
        }
        case Place::Kind::machine:
        case Place::Kind::device:
        case Place::Kind::owner:
            break;
    }
    return Place{};
}

Result<> CountingSource::open_box(Machine& machine, BoxPlan& plan, const CpuPlaces& places) {
    origin_ = std::string(plan.flavour->origin);
    by_.origin = origin_;
    by_.confidence = plan.flavour->confidence;
    for (const std::uint32_t cpu : plan.mask.cpus) {
        const Result<Place> place = place_of_cpu(cpu, places);
        if (!place) {
            return std::unexpected(place.error());
        }
        if (Result<> opened = open_together(machine, plan, cpu); !opened) {
            return opened;
        }
        add_readings(plan, *place);
        cpus_.insert(cpu);
    }
    watch(std::move(plan.mask));
    return {};
}

// All events of a box in one group; where the kernel refuses that, each alone.
Result<> CountingSource::open_together(Machine& machine, const BoxPlan& plan, std::uint32_t cpu) {
    std::vector<PerfEvent> events;
    events.reserve(plan.events.size());
    for (const PlannedEvent& planned : plan.events) {
        events.push_back(planned.event);
    }
    if (events.size() <= most_events_in_group) {
        Result<> opened = open_group(machine, events, cpu);
        if (opened || opened.error().code != EINVAL || events.size() == 1) {
            return opened;
        }
    }
    one_by_one_ = true;
    for (const PerfEvent& event : events) {
        if (Result<> opened = open_group(machine, {&event, 1}, cpu); !opened) {
            return opened;
        }
    }
    return {};
}

Result<> CountingSource::open_group(Machine& machine,
                                    std::span<const PerfEvent> events,
                                    std::uint32_t cpu) {
    if (counters_.size() == most_groups) {
        return fail("it would take more than " + std::to_string(most_groups) + " groups");
    }
    auto group = machine.open_counters(events, static_cast<int>(cpu));
    if (!group) {
        return fail(std::move(group).error(), "on processor " + std::to_string(cpu));
    }
    const std::size_t first =
        counters_.empty() ? 0 : counters_.back().first + counters_.back().size;
    counters_.push_back({.group = std::move(*group), .first = first, .size = events.size()});
    return {};
}

void CountingSource::add_readings(const BoxPlan& plan, const Place& place) {
    for (const PlannedEvent& planned : plan.events) {
        readings_.push_back({.subject = {.place = place,
                                         .quantity = planned.quantity,
                                         .source = self_,
                                         .part = readings_.size()},
                             .by = by_,
                             .unit = planned.unit});
    }
}

// Boxes of one kind mostly share their processors, so few files tell of all.
void CountingSource::watch(CpuMask mask) {
    const bool watched =
        std::ranges::find(masks_, mask.content, &WatchedMask::content) != masks_.end();
    if (mask.file && !watched) {
        masks_.push_back({.file = std::move(mask.file), .content = std::move(mask.content)});
    }
}

Opened CountingSource::available(std::size_t boxes, const CpuPlaces& places) {
    for (CounterReading& reading : readings_) {
        reading.by.valid_for = holds_for({.period = period_ * static_cast<std::int64_t>(rounds())});
    }
    std::string what = std::string(origin_.text()) + ": " + std::to_string(boxes) +
                       (boxes == 1 ? " box" : " boxes") + " counted on " + processors(cpus_);
    if (one_by_one_) {
        what += ", event by event because the kernel takes them in no group";
    }
    if (kind_.place == Place::Kind::memory_node &&
        places.shares_counters({cpus_.begin(), cpus_.end()})) {
        what += "; a package with several memory nodes is counted as its first one";
    }
    return Available{std::move(what)};
}

bool CountingSource::is_outdated(TimePoint now) {
    if (!first_read_) {
        first_read_ = now;
        next_look_ = now + between_looks;
    }
    if (kind_.renewed > Duration{} && now - *first_read_ >= kind_.renewed) {
        return true;
    }
    if (now < next_look_) {
        return false;
    }
    next_look_ = now + between_looks;
    return std::ranges::any_of(masks_, [](WatchedMask& mask) {
        std::array<char, Pmu::longest_file> bytes{};
        const auto length = mask.file->read(bytes);
        return !length || std::string_view(bytes.data(), *length) != mask.content;
    });
}

// Everything at first, because half of the boxes would be taken for all of them; then some at each
// turn. Every counter has intervals of its own, so that none is lost by that.
std::span<CountingSource::Counters> CountingSource::next_turn() {
    if (!std::exchange(begun_, true)) {
        return counters_;
    }
    turn_ = turn_ < counters_.size() ? turn_ : 0;
    const std::size_t evenly = (counters_.size() + rounds() - 1) / rounds();
    const std::size_t size = std::min(evenly, counters_.size() - turn_);
    const auto turn = std::span(counters_).subspan(turn_, size);
    turn_ += size;
    return turn;
}

bool CountingSource::read(TimePoint now, Readings& into) {
    const std::size_t before = into.counters.size();
    const bool sound = !is_outdated(now) && std::ranges::all_of(next_turn(), [&](Counters& each) {
        return tell(each, now, into);
    });
    if (!sound) {
        // Half of the boxes would be taken for all of them.
        into.counters.resize(before);
    }
    return sound;
}

// Only a new reason is made into a text: a lasting failure must not cost more than a count.
void CountingSource::set_reason(const Counters& counters, int code) {
    const Origin why =
        code == 0
            ? origin_
            : Origin(Error{.code = code, .doing = "read " + std::string(kind_.name)}.message());
    for (std::size_t each = 0; each < counters.size; ++each) {
        readings_[counters.first + each].by.origin = why;
    }
}

bool CountingSource::tell(Counters& counters, TimePoint now, Readings& into) {
    auto counts = counters.group->read();
    if (counts && counts->size != counters.size) {
        counts = std::unexpected(EBADMSG);
    }
    const int code = counts ? 0 : counts.error();
    if (is_gone(code)) {
        return false;
    }
    if (code != counters.told) {
        set_reason(counters, code);
        counters.told = code;
    }
    for (std::size_t each = 0; each < counters.size; ++each) {
        CounterReading& reading = readings_[counters.first + each];
        reading.by.taken = now;
        reading.count.reset();
        if (counts) {
            reading.count = counts->values.at(each);
            reading.enabled = counts->enabled;
            reading.running = counts->running;
        }
        into.counters.push_back(reading);
    }
    return true;
}

}  // namespace

std::unique_ptr<Source> make_counting_source(const CounterKind& kind, Duration period) {
    return std::make_unique<CountingSource>(kind, period);
}

}  // namespace penstock
