// SPDX-License-Identifier: Apache-2.0
//
// Gate machine: what this machine offers the gate for suspending queues: the driver's interfaces,
// the ledger of what the kernel would not undo, and the ladder made of them.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/gate/conversation.h"
#include "agent/gate/eviction_ledger.h"
#include "agent/gate/ladder.h"
#include "kmod-helpers/process_evict.h"
#include "kmod-helpers/vendor_ioctl.h"

namespace penstock::gate {

class GateMachine {
  public:
    struct Settings {
        std::string kfd_path = "/dev/kfd";
        std::string ledger{};        // "": what the kernel would not undo is not done.
        std::string vendor_ioctl{};  // "": none.
    };

    // Fails only on settings that make no sense: a missing device is a fact like others.
    static Result<std::unique_ptr<GateMachine>> open(const Settings& settings);

    // The ladder refers to it.
    GateMachine(const GateMachine&) = delete;
    GateMachine& operator=(const GateMachine&) = delete;
    ~GateMachine() = default;

    [[nodiscard]] const DeviceFacts& facts() const { return facts_; }

    // Null where the driver has no such interface.
    [[nodiscard]] kfd::DebugPort* debug() { return debug_ ? &*debug_ : nullptr; }

    [[nodiscard]] const Ladder& ladder() const { return ladder_; }

    // Undoes what an earlier gate has left behind, as far as that is possible now. Returns what a
    // person should read, each sentence once.
    std::vector<std::string> undo_leftovers(Tracer& tracer);

    // Something may be left to undo: to be called again.
    [[nodiscard]] bool owes() const { return !settings_.ledger.empty() && !settled_; }

  private:
    explicit GateMachine(Settings settings) : settings_(std::move(settings)) {}

    Result<> open_device();
    void open_ledger();
    void build_ladder();
    [[nodiscard]] std::string no_ledger() const;

    Settings settings_;
    Result<kfd::KfdDevice> device_ = fail("the device has not been opened");
    DeviceFacts facts_{};
    std::optional<kfd::DriverDebugPort> debug_{};
    std::optional<kfd::DriverEvictPort> evict_{};
    std::optional<kfd::DriverVendorPort> vendor_{};
    std::optional<EvictionLedger> ledger_{};
    std::string ledger_trouble_{};  // Why there is none.
    bool settled_ = false;          // The ledger is ours, and everything in it has been undone.
    std::vector<std::string> said_{};
    Ladder ladder_{};
};

}  // namespace penstock::gate
