// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pressure/pressure_sources.h"

#include <optional>
#include <vector>

#include "agent/probes/polled_text.h"
#include "agent/probes/pressure/kernel_counts.h"

namespace penstock {
namespace {

constexpr double tick = 0.01;  // USER_HZ: the unit of all times in stat files.

// One number in one file.
struct KernelCount {
    const char* path;
    std::expected<std::uint64_t, Origin> (*find)(std::string_view text);
    Quantity quantity;
    double unit;
};

struct Plan {
    std::string_view name;
    std::string_view measures;
    const char* origin;
    std::string_view remedy;
    Duration period;
    std::vector<KernelCount> counts;
};

class KernelCountSource final : public Source {
  public:
    explicit KernelCountSource(Plan plan) : plan_(std::move(plan)) {}

    [[nodiscard]] std::string_view name() const override { return plan_.name; }

    // The kernel updates its sums under a lock, and walks over all processors.
    [[nodiscard]] Pace pace() const override {
        return {.period = plan_.period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    static std::expected<std::uint64_t, Origin> count_in(PolledText& file,
                                                         const KernelCount& count);

    Plan plan_;
    SourceId self_{};
    Testimony by_{};
    std::vector<PolledText> files_;  // Of the plan's counts.
};

Opened KernelCountSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    static_cast<void>(around);  // An emulator stands in for devices, not for /proc.
    self_ = self;
    by_ = {.origin = std::string(plan_.origin), .valid_for = holds_for(pace())};
    files_.clear();
    for (const KernelCount& count : plan_.counts) {
        auto file = PolledText::open(machine, count.path);
        // A kernel that has pressure but was started without it refuses only the reading.
        const auto text = file ? file->read_beginning() : std::unexpected(file.error().code);
        if (!text) {
            const Error failed{.code = text.error(), .doing = std::string("read /") + count.path};
            return Absent{failed.message() + std::string(plan_.remedy)};
        }
        files_.push_back(std::move(*file));
        if (const auto found = count_in(files_.back(), count); !found) {
            return Absent{std::string(found.error().text())};
        }
    }
    return Available{std::string(plan_.measures)};
}

std::expected<std::uint64_t, Origin> KernelCountSource::count_in(PolledText& file,
                                                                 const KernelCount& count) {
    const auto text = file.read_beginning();
    if (!text) {
        const Error failed{.code = text.error(), .doing = std::string("read /") + count.path};
        return std::unexpected<Origin>(failed.message());
    }
    return count.find(*text);
}

bool KernelCountSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    for (std::size_t at = 0; at < files_.size(); ++at) {
        const KernelCount& count = plan_.counts[at];
        CounterReading reading{.subject = {.quantity = count.quantity, .source = self_},
                               .by = by_,
                               .unit = count.unit};
        if (const auto found = count_in(files_[at], count)) {
            reading.count = *found;
        } else {
            reading.by.origin = found.error();
        }
        into.counters.push_back(std::move(reading));
    }
    return true;
}

}  // namespace

std::unique_ptr<Source> make_psi(const SourceSettings& settings) {
    static_cast<void>(settings);
    constexpr double microsecond = 1e-6;
    return std::make_unique<KernelCountSource>(
        Plan{.name = "psi",
             .measures = "for how long some task waited for memory or a processor",
             .origin = "/proc/pressure",
             .remedy = "; a kernel that can is started with psi=1",
             .period = std::chrono::seconds(1),
             .counts = {{.path = "proc/pressure/memory",
                         .find = stalled_us,
                         .quantity = Quantity::stall_memory,
                         .unit = microsecond},
                        {.path = "proc/pressure/cpu",
                         .find = stalled_us,
                         .quantity = Quantity::stall_cpu,
                         .unit = microsecond}}});
}

std::unique_ptr<Source> make_steal(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<KernelCountSource>(
        Plan{.name = "steal",
             .measures = "for how long the hypervisor ran others",
             .origin = "/proc/stat",
             .remedy = "",
             .period = std::chrono::seconds(1),
             .counts = {{.path = "proc/stat",
                         .find = stolen_ticks,
                         .quantity = Quantity::steal_time,
                         .unit = tick}}});
}

// As often as processes' time is read, whose part of it is wanted.
std::unique_ptr<Source> make_machine_time(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<KernelCountSource>(Plan{
        .name = "machine_time",
        .measures = "for how long processors ran and idled",
        .origin = "/proc/stat",
        .remedy = "",
        .period = std::chrono::milliseconds(250),
        .counts = {
            {.path = "proc/stat", .find = busy_ticks, .quantity = Quantity::cpu_time, .unit = tick},
            {.path = "proc/stat",
             .find = idle_ticks,
             .quantity = Quantity::cpu_idle,
             .unit = tick}}});
}

}  // namespace penstock
