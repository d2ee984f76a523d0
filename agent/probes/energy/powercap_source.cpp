// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <vector>

#include "agent/probes/energy/energy_sources.h"
#include "agent/probes/energy/powercap_zone.h"
#include "agent/probes/polled_text.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);
constexpr std::string_view folder = "sys/class/powercap/";
constexpr std::size_t most_zones = 256;

// No package and no machine with one supply takes so much. The slack is for a counter that has
// moved just before a reading and just after the last.
constexpr double most_watts = 20'000;
constexpr double slack_s = 0.1;
constexpr double longest_interval_s = 3600;

struct Gauge {
    PolledText file;
    EnergyCount count;
};

struct Zone {
    Place place{};
    Quantity quantity{};
    std::uint64_t part = 0;
    std::optional<Gauge> gauge{};
    Origin why{};  // Why there is no gauge.
};

// A zone's files, below its folder.
std::string file_of(ZoneNumber zone, std::string_view file) {
    std::string path = std::string(folder) + "intel-rapl:" + std::to_string(zone.zone);
    if (zone.part) {
        path += ":" + std::to_string(*zone.part);
    }
    return path + "/" + std::string(file);
}

std::optional<std::string> name_of(Machine& machine, ZoneNumber zone) {
    const auto text = machine.read(file_of(zone, "name"));
    return text ? std::optional(std::string(trimmed(*text))) : std::nullopt;
}

// The parts of a zone belong to the zone's package; "psys", which belongs to none, to the first.
std::optional<Zone> identify(Machine& machine, ZoneNumber number) {
    const auto name = name_of(machine, number);
    const auto quantity = name ? energy_of(*name) : std::nullopt;
    if (!quantity) {
        return std::nullopt;
    }
    constexpr std::uint64_t parts_of_zone = 256;
    Zone zone{.quantity = *quantity,
              .part = (number.zone * parts_of_zone) + (number.part ? *number.part + 1 : 0)};
    const auto parent = number.part ? name_of(machine, {.zone = number.zone}) : name;
    const auto at = package_of(parent.value_or(""));
    if (!at && *quantity != Quantity::energy_platform) {
        return std::nullopt;
    }
    zone.place = package(at.value_or(0));
    return zone;
}

class PowercapSource final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "powercap"; }

    // Each file interrupts a processor of its package.
    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    void add(Machine& machine, ZoneNumber number);
    std::expected<std::uint64_t, Origin> advance(Zone& zone, std::uint64_t most) const;

    SourceId self_{};
    Testimony by_{};
    std::vector<Zone> zones_;
    std::optional<Error> refused_{};  // The last failure to open a zone's count.
    std::optional<TimePoint> read_at_{};
};

Opened PowercapSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {.origin = "powercap", .emulated = around.emulated, .valid_for = holds_for(pace())};
    zones_.clear();
    refused_.reset();
    read_at_.reset();
    const auto names = machine.list("sys/class/powercap");
    if (!names) {
        return Absent{"this kernel or processor has no powercap: " + names.error().message()};
    }
    for (const std::string& name : *names) {
        const auto number = parse_zone(name);
        if (number && zones_.size() < most_zones) {
            add(machine, *number);
        }
    }
    const auto readable =
        std::ranges::count_if(zones_, [](const Zone& zone) { return zone.gauge.has_value(); });
    if (readable > 0) {
        return Available{std::to_string(readable) + " energy counters of RAPL"};
    }
    if (refused_ && (refused_->code == EACCES || refused_->code == EPERM)) {
        return Absent{refused_->message() +
                      "; since Linux 5.10 only root reads it: let perf read its power events "
                      "(CAP_PERFMON), or chmod the file"};
    }
    if (refused_) {
        return Absent{refused_->message()};
    }
    return Absent{zones_.empty() ? "powercap shows no zone of RAPL"
                                 : std::string(zones_.front().why.text())};
}

void PowercapSource::add(Machine& machine, ZoneNumber number) {
    auto zone = identify(machine, number);
    if (!zone) {
        return;
    }
    // Only one package counts for the whole machine; on the others it stands still.
    if (zone->quantity == Quantity::energy_platform &&
        std::ranges::find(zones_, zone->quantity, &Zone::quantity) != zones_.end()) {
        return;
    }
    const auto text = machine.read(file_of(number, "max_energy_range_uj"));
    const auto range = text ? parse_number<std::uint64_t>(trimmed(*text)) : std::nullopt;
    const auto count = EnergyCount::with_range(range.value_or(0));
    Result<PolledText> file = PolledText::open(machine, file_of(number, "energy_uj"));
    if (!file) {
        refused_ = file.error();
        zone->why = file.error().message();
    } else if (!count) {
        zone->why = "powercap: nobody tells where its count starts again";
    } else {
        zone->gauge.emplace(Gauge{.file = std::move(*file), .count = *count});
    }
    zones_.push_back(std::move(*zone));
}

bool PowercapSource::read(TimePoint now, Readings& into) {
    const double passed_s = read_at_ ? std::chrono::duration<double>(now - *read_at_).count() : 0;
    read_at_ = now;
    constexpr double microjoules = 1e6;
    const auto most = static_cast<std::uint64_t>(
        most_watts * microjoules * (std::clamp(passed_s, 0.0, longest_interval_s) + slack_s));
    by_.taken = now;
    for (Zone& zone : zones_) {
        CounterReading reading{.subject = {.place = zone.place,
                                           .quantity = zone.quantity,
                                           .source = self_,
                                           .part = zone.part},
                               .by = by_,
                               .unit = 1 / microjoules};
        if (const auto count = advance(zone, most)) {
            reading.count = *count;
        } else {
            reading.by.origin = count.error();
        }
        into.counters.push_back(std::move(reading));
    }
    return true;
}

std::expected<std::uint64_t, Origin> PowercapSource::advance(Zone& zone, std::uint64_t most) const {
    if (!zone.gauge) {
        return std::unexpected(zone.why);
    }
    const auto text = zone.gauge->file.read();
    if (!text) {
        return std::unexpected<Origin>(
            Error{.code = text.error(), .doing = "read powercap"}.message());
    }
    const auto raw = parse_number<std::uint64_t>(trimmed(*text));
    if (!raw) {
        return std::unexpected<Origin>("powercap: its file holds no number");
    }
    return zone.gauge->count.advance(*raw, most);
}

}  // namespace

std::unique_ptr<Source> make_powercap(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<PowercapSource>();
}

}  // namespace penstock
