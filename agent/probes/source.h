// SPDX-License-Identifier: Apache-2.0
//
// Source: one place of the machine that tells something about bandwidth, memory, energy or work.
//
// Each is opened once and says whether it is available, absent (why) or may come later. While it is
// available it adds its readings whenever it is due. What it can not read it adds as a reading
// without a value, with the reason; it never leaves a number out, and never invents one.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/probes/machine.h"
#include "agent/state/readings.h"

namespace penstock {

// The sentence says what it measures and where: "6 boxes on packages 0 and 1".
struct Available {
    std::string what{};
};

// The sentence says why, and where somebody can change it, how.
struct Absent {
    std::string why{};
};

// As absent, but worth another look: a device that sleeps, a counter that others hold.
struct Later {
    std::string why{};
    Duration again_in{std::chrono::seconds(10)};
};

using Opened = std::variant<Available, Absent, Later>;

// One accelerator as sysfs shows it.
struct DevicePlace {
    GpuId gpu{};
    std::string render_path{};  // "sys/class/drm/renderD128"; "" when it has no render node.
    std::uint32_t topology_node = 0;
    bool apu = false;  // Its memory is the machine's.
};

// What sources need to know of the machine before they look for themselves.
struct Surroundings {
    std::vector<DevicePlace> devices{};
    bool emulated = false;  // The files are an emulator's, and so is every figure read from them.
};

// A process that has queues.
struct Client {
    OwnerId owner{};
    std::uint32_t pid = 0;
};

class Source {
  public:
    // Whether a read may wait, for firmware, a lock or a sleep. Whoever never does is read in the
    // tick itself, the others in threads: those of one device together, and alone who waits long.
    enum class Patience : std::uint8_t { never_waits, may_wait, waits_long };

    struct Pace {
        Duration period{};
        Patience patience = Patience::never_waits;
    };

    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // "uncore_imc", "gpu_metrics 51432": how doctor, records and the journal call it. Unique, and
    // always the same.
    [[nodiscard]] virtual std::string_view name() const = 0;

    [[nodiscard]] virtual Pace pace() const = 0;

    // Looks for it anew; what was open before is closed. `self` marks its readings.
    virtual Opened open(Machine& machine, const Surroundings& around, SourceId self) = 0;

    // Adds its readings, with `now` as their time. False when it wants to be opened again: what it
    // read from is gone.
    virtual bool read(TimePoint now, Readings& into) = 0;

    // Sources that measure processes follow them.
    virtual void follow(const Client& client) { static_cast<void>(client); }

    virtual void leave(OwnerId owner) { static_cast<void>(owner); }
};

struct NumberedSource {
    SourceId id{};
    std::optional<GpuId> device{};  // Whose it is; nothing when it is the machine's.
    std::unique_ptr<Source> source{};
};

// How long a reading holds: a source may miss two of its turns.
[[nodiscard]] constexpr Duration holds_for(const Source::Pace& pace) {
    return 3 * pace.period + std::chrono::milliseconds(100);
}

}  // namespace penstock
