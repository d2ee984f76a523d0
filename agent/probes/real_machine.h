// SPDX-License-Identifier: Apache-2.0
//
// Real machine: the files and counters of the kernel that runs this.

#pragma once

#include "agent/probes/machine.h"
#include "base/tree.h"

namespace penstock {

class RealMachine final : public Machine {
  public:
    // Where the first part of a path leads. Counters are the kernel's in any case.
    struct Roots {
        std::string sys = "/sys";
        std::string proc = "/proc";
        std::string dev = "/dev";
    };

    explicit RealMachine(Roots roots) : roots_(std::move(roots)) {}

    // All below one folder, as recorded from another machine: there counters are never opened.
    static RealMachine below(const std::string& root);

    using Machine::read;
    Result<std::vector<std::string>> list(const std::string& path) override;
    Result<std::string> read(const std::string& path, std::size_t limit) override;
    Result<std::string> link(const std::string& path) override;
    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int cpu) override;

  private:
    struct Location {
        Tree tree;
        std::string relative{};
    };

    [[nodiscard]] Result<Location> locate(const std::string& path) const;

    Roots roots_;
    bool counters_ = true;
};

}  // namespace penstock
