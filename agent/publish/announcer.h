// SPDX-License-Identifier: Apache-2.0
//
// Announcer: tells the bus what changed, once.
//
// It compares each object with what was last announced of it and emits one PropertiesChanged per
// object, none for fast numbers. Members that follow every suspension are announced at most once
// per quiet time. Signals of single preemptions share one budget; those beyond it are counted.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <string>

#include "agent/publish/figures.h"
#include "agent/publish/signal_budget.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

class Announcer {
  public:
    // The bus outlives it.
    explicit Announcer(sd_bus* bus) : bus_(bus) {}

    // A failed emission is not an error of the agent: the bus is gone or full, and clients that
    // come back read the values anew.
    void changed(ManagerObject& manager);
    void changed(ProcessObject& process);
    void changed(GpuObject& gpu);
    void changed(MemoryObject& memory);
    void changed(LeaseObject& lease);

    // Nothing of it is announced.
    static void changed(PackageObject& package) { static_cast<void>(package); }

    // The values that InterfacesAdded carries count as announced.
    void appeared(ProcessObject& process, const std::string& path);
    void appeared(GpuObject& gpu, const std::string& path);
    void appeared(MemoryObject& memory, const std::string& path);
    void appeared(PackageObject& package, const std::string& path);
    void appeared(LeaseObject& lease, const std::string& path);
    void vanished(const std::string& path);

    // A reload begins, or is over.
    void reloading(bool active);

    // Signals what happened to the process since `before`. A suspension that began and ended
    // between two snapshots makes both signals.
    void suspensions(const ProcessObject& process, const Tally& before);

    [[nodiscard]] std::uint64_t dropped() const { return budget_.dropped(); }

  private:
    void signal_throttle(const MemoryObject& memory);
    void signal_preempted(const ProcessObject& process);
    void signal_resumed(const ProcessObject& process, Duration suspended);

    sd_bus* bus_;
    SignalBudget budget_;
};

}  // namespace penstock::dbus
