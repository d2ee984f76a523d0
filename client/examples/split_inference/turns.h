// SPDX-License-Identifier: Apache-2.0
//
// Turns: when an operation may begin, and how fast it may move, as the control has it.

#pragma once

#include <penstock/penstock.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "base/result.h"
#include "client/examples/split_inference/options.h"

namespace penstock::split_inference {

class Turns {
  public:
    // With leases it has one from here on.
    static Result<std::unique_ptr<Turns>> open(const Options& options);

    ~Turns();
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;
    Turns(Turns&&) = delete;
    Turns& operator=(Turns&&) = delete;

    // May wait. What an operation may move in a second from now on.
    Result<> begin(penstock_op_class kind, std::uint64_t bytes);
    void end();
    [[nodiscard]] std::uint64_t rate() const;

  private:
    explicit Turns(Options options) : options_(std::move(options)) {}

    Result<> lease(bool exclusive);

    Options options_;
    penstock_client* client_ = nullptr;
    penstock_lease* lease_ = nullptr;
    penstock_op op_{};
};

}  // namespace penstock::split_inference
