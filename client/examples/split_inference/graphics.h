// SPDX-License-Identifier: Apache-2.0
//
// Graphics: carries operations out as kernels on the emulated device, each kind on a queue of its
// own.

#pragma once

#include <memory>
#include <vector>

#include "client/examples/split_inference/mover.h"
#include "client/examples/split_inference/options.h"
#include "kmod-helpers/workload/session.h"

namespace penstock::split_inference {

class Graphics final : public Mover {
  public:
    static Result<std::unique_ptr<Graphics>> open(const Options& options);

    // At what the kernels ask for: the most urgent side is not held back.
    Result<> move(std::size_t operation, std::uint64_t rate, StopSignal& stop) override;

    Result<> rest() override { return {}; }

  private:
    Graphics() = default;

    workload::ActivityLog log_{0};
    std::vector<workload::Session> sessions_{};  // By operation.
};

}  // namespace penstock::split_inference
