// SPDX-License-Identifier: Apache-2.0
//
// Real bench: the cores and the memory of one node of this machine.

#pragma once

#include "agent/probes/calibration/bench.h"

namespace penstock::calibration {

class RealBench final : public Bench {
  public:
    struct Parts {
        std::vector<int> processors{};
        std::uint64_t buffer_bytes = 0;
        bool (*interrupted)() = nullptr;
    };

    // Binds this thread to the first of the processors.
    static Result<std::unique_ptr<RealBench>> make(Parts parts);

    // Before the first probe.
    Result<> add_canary(Machine& machine, std::uint64_t buffer_bytes);

    [[nodiscard]] std::size_t cores() const override { return parts_.processors.size(); }

    void begin(StreamKind kind, Members who) override { crew_->begin(kind, who); }

    double end() override { return crew_->end(); }

    ProbeSample probe() override;
    void wait(Duration period) override;

    [[nodiscard]] bool interrupted() const override { return parts_.interrupted(); }

  private:
    RealBench(Parts parts, std::unique_ptr<StreamCrew> crew)
        : parts_(std::move(parts)), crew_(std::move(crew)) {}

    Parts parts_;
    std::unique_ptr<StreamCrew> crew_;
    std::unique_ptr<Canary> canary_{};
    TimePoint last_{};
};

}  // namespace penstock::calibration
