// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/fdinfo_owner.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "agent/probes/gpu/round_robin.h"

namespace penstock {
namespace {

constexpr double ns_in_second = 1e9;

class FdinfoSource final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "fdinfo"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::milliseconds(250), .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

    void follow(const Client& client) override {
        FdinfoOwner owner(client);
        owner.start(addresses_.size());
        owners_.add(std::move(owner));
    }

    void leave(OwnerId owner) override { owners_.remove(owner); }

  private:
    void tell(const FdinfoOwner& owner, std::size_t device, Readings& into);
    void put_time(const DrmShare& share, const Subject& subject, Readings& into);
    void put_memory(const std::optional<std::uint64_t>& bytes,
                    const DrmShare& share,
                    const Subject& subject,
                    Readings& into);
    void lose(const Origin& why, Subject subject, Readings& into);

    Machine* machine_ = nullptr;            // Set while it is open; outlives the source.
    std::vector<std::string> addresses_{};  // On the PCI bus, in the order of the devices.
    std::vector<GpuId> devices_{};
    RoundRobin<FdinfoOwner> owners_{};
    Testimony by_{};
    SourceId self_{};
};

Opened FdinfoSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    machine_ = &machine;
    self_ = self;
    by_ = {.emulated = around.emulated};
    addresses_.clear();
    devices_.clear();
    for (const DevicePlace& device : around.devices) {
        const Result<std::string> link = machine.link(device.render_path + "/device");
        if (device.render_path.empty() || !link) {
            continue;
        }
        addresses_.push_back(link->substr(link->rfind('/') + 1));
        devices_.push_back(device.gpu);
    }
    owners_.each([&](FdinfoOwner& owner) { owner.start(addresses_.size()); });
    if (addresses_.empty()) {
        return Absent{"no device is known by its address on the bus"};
    }
    return Available{"engine time and memory of clients, as DRM accounts them, on " +
                     std::to_string(addresses_.size()) + " devices"};
}

// All that DRM can say about the owner on the device is unknown.
void FdinfoSource::lose(const Origin& why, Subject subject, Readings& into) {
    Testimony lost = by_;
    lost.origin = why;
    subject.quantity = Quantity::gpu_time;
    into.counters.push_back({.subject = subject, .by = lost});
    for (const Quantity memory : {Quantity::vram_used, Quantity::gtt_used}) {
        subject.quantity = memory;
        into.levels.push_back({.subject = subject, .by = lost});
    }
}

// What DRM did not schedule is not in the times, and most clients' work is KFD's: heuristic.
void FdinfoSource::put_time(const DrmShare& share, const Subject& subject, Readings& into) {
    CounterReading reading{.subject = subject, .by = by_, .unit = 1 / ns_in_second};
    reading.by.confidence = Confidence::heuristic;
    reading.by.origin = "fdinfo: only work that went through DRM, not through queues of KFD";
    if (share.timed || !share.open) {
        reading.count = share.engine_ns;
    } else {
        reading.by.origin = "fdinfo times no engine: what queues of KFD run is not in it";
    }
    into.counters.push_back(std::move(reading));
}

void FdinfoSource::put_memory(const std::optional<std::uint64_t>& bytes,
                              const DrmShare& share,
                              const Subject& subject,
                              Readings& into) {
    LevelReading reading{.subject = subject, .by = by_};
    reading.by.origin = "fdinfo";
    if (bytes) {
        reading.value = static_cast<double>(*bytes);
    } else if (!share.open) {
        reading.value = 0;  // It has closed the device, and all memory is free again.
    } else {
        reading.by.origin = "the driver's fdinfo does not tell this memory";
    }
    into.levels.push_back(std::move(reading));
}

void FdinfoSource::tell(const FdinfoOwner& owner, std::size_t device, Readings& into) {
    const DrmShare& share = owner.shares()[device];
    if (!share.told) {
        return;
    }
    Subject subject{
        .place = place_of(owner.client().owner), .source = self_, .part = devices_[device].value};
    if (owner.trouble()) {
        return lose(*owner.trouble(), subject, into);
    }
    subject.quantity = Quantity::gpu_time;
    put_time(share, subject, into);
    subject.quantity = Quantity::vram_used;
    put_memory(share.vram_bytes, share, subject, into);
    subject.quantity = Quantity::gtt_used;
    put_memory(share.gtt_bytes, share, subject, into);
}

bool FdinfoSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    by_.valid_for = owners_.holds(pace());
    owners_.take_turn([&](FdinfoOwner& owner) {
        owner.look(*machine_, addresses_, now);
        for (std::size_t device = 0; device < devices_.size(); ++device) {
            tell(owner, device, into);
        }
    });
    return true;
}

}  // namespace

std::unique_ptr<Source> make_fdinfo(const SourceSettings& settings) {
    static_cast<void>(settings);
    return std::make_unique<FdinfoSource>();
}

}  // namespace penstock
