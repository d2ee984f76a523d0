// SPDX-License-Identifier: Apache-2.0
//
// ClientQueue: one compute queue with everything it needs in the workload's own memory: ring,
// counters, kernel argument and completion signals.
//
// Launches can be limited and held back from any thread; packets then go to the device when others
// have left it, not when they are submitted.

#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "base/units.h"
#include "kmod-helpers/emulator/synthetic_kernel.h"
#include "kmod-helpers/workload/activity_log.h"
#include "kmod-helpers/workload/kfd_client.h"
#include "kmod-helpers/workload/launch_limit.h"
#include "kmod-helpers/workload/memory.h"
#include "kmod-helpers/workload/ring_writer.h"
#include "kmod-helpers/workload/signal_window.h"

namespace penstock::workload {

inline constexpr std::uint32_t ring_packets = 1024;
inline constexpr std::uint32_t max_requests_in_flight = 256;
inline constexpr std::uint32_t max_kernels_per_request = 256;

class ClientQueue {
  public:
    struct Settings {
        std::uint32_t gpu_id = 0;
        std::uint32_t event_id = 0;
        std::uint32_t kernels_per_request = 1;
        emulator::SyntheticKernel kernel{};
        bool counts_packets = false;  // Each packet tells when it is complete; a limit needs that.
    };

    // The queue ends with the process; the driver needs no more.
    static Result<std::unique_ptr<ClientQueue>> create(KfdClient& client, const Settings& settings);

    [[nodiscard]] std::uint32_t number() const { return number_; }

    [[nodiscard]] std::uint64_t write_address() const;
    [[nodiscard]] std::uint64_t read_address() const;

    [[nodiscard]] std::span<const std::byte> ring() const;

    // Requests that were submitted and not reaped.
    [[nodiscard]] std::uint64_t in_flight() const { return window_.in_flight(); }

    [[nodiscard]] bool has_room() const;

    // One request: its packets run in order and the last one completes the signal. Only with room.
    // Nothing is stored when no packet may be launched yet.
    std::optional<PointerStore> submit(TimePoint arrival);

    // At most so many packets in flight, 0 for no limit. Only when packets are counted.
    void limit_launches(std::uint64_t packets);

    // Launches nothing until it is called again with false.
    void hold_launches(bool held);

    // Launches what has become possible.
    void catch_up();

    // The arrival of the oldest request in flight, once it is complete.
    std::optional<TimePoint> reap() { return window_.reap(); }

    // Takes the memory away from under the device. Nothing else may be called afterwards.
    void unmap() { memory_.unmap(); }

  private:
    ClientQueue(Memory memory, const Settings& settings);

    std::optional<PointerStore> launch();
    [[nodiscard]] std::uint64_t completed_packets() const;
    [[nodiscard]] std::uint64_t completion_of(std::uint64_t packet) const;

    Memory memory_;
    Settings settings_;
    RingWriter ring_;
    SignalWindow window_;
    mutable std::mutex launching_{};  // Over the ring, the beginning of requests, and the limit.
    LaunchLimit launches_{};
    std::uint32_t number_ = 0;
};

}  // namespace penstock::workload
