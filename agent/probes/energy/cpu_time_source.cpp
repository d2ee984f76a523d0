// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <optional>
#include <vector>

#include "agent/probes/energy/cpu_ticks.h"
#include "agent/probes/energy/energy_sources.h"
#include "agent/probes/polled_text.h"

namespace penstock {
namespace {

constexpr Duration period = std::chrono::milliseconds(250);
constexpr std::size_t most_clients = 4096;

struct Followed {
    Client client{};
    bool opened = false;
    std::optional<PolledText> stat{};  // Of this incarnation: the pid may be another's later.
    Origin why{};                      // Why there is none.
};

class CpuTimeSource final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "cpu_time"; }

    // The kernel adds up all threads under a lock of the process.
    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override {
        static_cast<void>(around);  // An emulator stands in for devices, not for /proc.
        machine_ = &machine;
        self_ = self;
        by_ = {.origin = "/proc/PID/stat", .valid_for = holds_for(pace())};
        return Available{"processor time of each process with queues"};
    }

    bool read(TimePoint now, Readings& into) override;

    void follow(const Client& client) override {
        if (followed_.size() < most_clients) {
            followed_.push_back({.client = client});
        }
    }

    void leave(OwnerId owner) override {
        std::erase_if(followed_,
                      [&](const Followed& followed) { return followed.client.owner == owner; });
    }

  private:
    std::expected<std::uint64_t, Origin> ticks(Followed& followed);

    Machine* machine_ = nullptr;
    SourceId self_{};
    Testimony by_{};
    std::vector<Followed> followed_;
};

bool CpuTimeSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    for (Followed& followed : followed_) {
        CounterReading reading{.subject = {.place = place_of(followed.client.owner),
                                           .quantity = Quantity::cpu_time,
                                           .source = self_},
                               .by = by_,
                               .unit = seconds_per_tick};
        if (const auto count = ticks(followed)) {
            reading.count = *count;
        } else {
            reading.by.origin = count.error();
        }
        into.counters.push_back(std::move(reading));
    }
    return true;
}

std::expected<std::uint64_t, Origin> CpuTimeSource::ticks(Followed& followed) {
    if (!followed.opened) {
        followed.opened = true;
        auto stat =
            PolledText::open(*machine_, "proc/" + std::to_string(followed.client.pid) + "/stat");
        if (stat) {
            followed.stat.emplace(std::move(*stat));
        } else {
            followed.why = stat.error().message();
        }
    }
    if (!followed.stat) {
        return std::unexpected(followed.why);
    }
    const auto text = followed.stat->read();
    if (!text) {
        followed.why =
            text.error() == ESRCH
                ? Origin("the process has ended")
                : Origin(Error{.code = text.error(), .doing = "read its stat"}.message());
        followed.stat.reset();
        return std::unexpected(followed.why);
    }
    const auto ticks = ticks_of_process(*text);
    return ticks ? std::expected<std::uint64_t, Origin>(*ticks)
                 : std::unexpected<Origin>("its stat file makes no sense");
}

}  // namespace

std::unique_ptr<Source> make_cpu_time(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<CpuTimeSource>();
}

}  // namespace penstock
