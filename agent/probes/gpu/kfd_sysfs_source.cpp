// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <limits>
#include <span>

#include "agent/probes/gpu/gauge.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "agent/probes/gpu/round_robin.h"

namespace penstock {
namespace {

constexpr std::string_view processes = "sys/class/kfd/kfd/proc/";
constexpr std::int64_t most_bytes = std::int64_t{1} << 50;
constexpr std::int64_t most_units = 65536;
constexpr std::int64_t most_time = std::numeric_limits<std::int64_t>::max();

// Of every device, below the process' folder; the file's name goes around the gpu_id.
struct OwnerFile {
    std::string_view before{};
    std::string_view after{};
    GaugeKind kind{};
};

constexpr std::array owner_files{
    OwnerFile{.before = "vram_",
              .after = "",
              .kind = {.quantity = Quantity::vram_used, .most = most_bytes}},
    OwnerFile{.before = "sdma_",
              .after = "",
              .kind = {.quantity = Quantity::transfer_time,
                       .unit = 1e-6,
                       .counts = true,
                       .most = most_time}},
    OwnerFile{.before = "stats_",
              .after = "/evicted_ms",
              .kind = {.quantity = Quantity::evicted_time,
                       .unit = 1e-3,
                       .counts = true,
                       .most = most_time}},
    // Only on the gfx9 family.
    OwnerFile{.before = "stats_",
              .after = "/cu_occupancy",
              .kind = {.quantity = Quantity::compute_units_used, .most = most_units}},
};

class KfdOwner {
  public:
    explicit KfdOwner(const Client& client) : client_(client) {}

    [[nodiscard]] const Client& client() const { return client_; }

    void start() { *this = KfdOwner(client_); }

    struct Place {
        Machine& machine;
        std::span<const DevicePlace> devices;
        SourceId self{};
    };

    void look(const Place& at, const Testimony& by, Readings& into);

  private:
    static constexpr Duration search_period = std::chrono::seconds(2);

    void search(const Place& at);
    void add_gap(const OwnerFile& file, GpuId device, const Place& at);

    Client client_;
    TimePoint search_due_{};
    GaugeSet gauges_{};
    std::vector<LevelReading> gaps_{};  // What is known of some devices and not of these.
    Origin gone_{};
};

// A device that lacks a file makes the owner's sum unknown, if others have it.
void KfdOwner::add_gap(const OwnerFile& file, GpuId device, const Place& at) {
    gaps_.push_back({.subject = {.place = place_of(client_.owner),
                                 .quantity = file.kind.quantity,
                                 .source = at.self,
                                 .part = device.value}});
}

void KfdOwner::search(const Place& at) {
    gauges_.clear();
    gaps_.clear();
    const std::string folder = std::string(processes) + std::to_string(client_.pid) + "/";
    gone_ = "the driver tells nothing of the process in " + folder;
    for (const OwnerFile& file : owner_files) {
        const std::size_t gaps_before = gaps_.size();
        for (const DevicePlace& device : at.devices) {
            const std::string path = folder + std::string(file.before) +
                                     std::to_string(device.gpu.value) + std::string(file.after);
            const Subject subject{
                .place = place_of(client_.owner), .source = at.self, .part = device.gpu.value};
            if (!gauges_.add(at.machine, path, file.kind, subject)) {
                add_gap(file, device.gpu, at);
            }
        }
        if (gaps_.size() - gaps_before == at.devices.size() &&
            file.kind.quantity != Quantity::vram_used) {
            gaps_.resize(gaps_before);  // This kernel, or these devices, do not have it at all.
        }
    }
}

void KfdOwner::look(const Place& at, const Testimony& by, Readings& into) {
    if (gauges_.empty() && by.taken >= search_due_) {
        search_due_ = by.taken + search_period;
        search(at);
    }
    const std::size_t first_level = into.levels.size();
    const std::size_t first_counter = into.counters.size();
    if (!gauges_.read(by, into)) {
        into.levels.resize(first_level);
        into.counters.resize(first_counter);
        gauges_.lose(by, gone_, into);
        gauges_.clear();
    }
    for (const LevelReading& gap : gaps_) {
        LevelReading reading{.subject = gap.subject, .by = by};
        reading.by.origin = gone_;
        into.levels.push_back(std::move(reading));
    }
}

class KfdSysfsSource final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "kfd_sysfs"; }

    // Some of it the driver reads from registers and from the owner's memory.
    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::seconds(1), .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

    void follow(const Client& client) override { owners_.add(KfdOwner(client)); }

    void leave(OwnerId owner) override { owners_.remove(owner); }

  private:
    Machine* machine_ = nullptr;  // Set while it is open; outlives the source.
    std::vector<DevicePlace> devices_{};
    RoundRobin<KfdOwner> owners_{};
    Testimony by_{};
    SourceId self_{};
};

Opened KfdSysfsSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    machine_ = &machine;
    self_ = self;
    devices_ = around.devices;
    by_ = {.emulated = around.emulated};
    by_.origin = "KFD's files of the process";
    owners_.each([](KfdOwner& owner) { owner.start(); });
    if (const auto listed = machine.list(std::string(processes)); !listed) {
        return Absent{listed.error().message()};
    }
    if (devices_.empty()) {
        return Absent{"there is no device"};
    }
    return Available{"memory, copies and evictions of clients, as KFD accounts them"};
}

bool KfdSysfsSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    by_.valid_for = owners_.holds(pace());
    const KfdOwner::Place at{.machine = *machine_, .devices = devices_, .self = self_};
    owners_.take_turn([&](KfdOwner& owner) { owner.look(at, by_, into); });
    return true;
}

}  // namespace

std::unique_ptr<Source> make_kfd_sysfs(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<KfdSysfsSource>();
}

}  // namespace penstock
