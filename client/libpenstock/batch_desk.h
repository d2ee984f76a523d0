// SPDX-License-Identifier: Apache-2.0
//
// Batch desk: what is behind a penstock_batcher. It keeps the requests' ids and what each device
// runs, so that a server's mistakes are refused before the batcher hears of them.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "client/libpenstock/include/penstock/batcher.h"
#include "client/libpenstock/request_roll.h"
#include "policies/batching/batch_scale.h"
#include "policies/batching/config/batching_config.h"
#include "policies/batching/request.h"

namespace penstock::client {

using Items = std::span<penstock_batch_item>;
using Outputs = std::span<const penstock_batch_output>;

class BatchDesk {
  public:
    // Of the configuration's mode.
    static Result<std::unique_ptr<BatchDesk>> make(const batching::BatchingConfig& config);

    BatchDesk(const BatchDesk&) = delete;
    BatchDesk& operator=(const BatchDesk&) = delete;
    BatchDesk(BatchDesk&&) = delete;
    BatchDesk& operator=(BatchDesk&&) = delete;
    virtual ~BatchDesk() = default;

    Result<> submit(const penstock_batch_request& request);

    // Who waits is gone.
    Result<> cancel(std::int64_t id);

    virtual void flush() {}

    virtual void set_scale(batching::BatchScale scale) = 0;

    // So many may run on a device at present.
    [[nodiscard]] virtual std::uint32_t most() const = 0;

    // How many items were written, and how many of them run.
    struct Written {
        std::size_t items = 0;
        std::uint32_t running = 0;
    };

    Result<Written> next(std::uint32_t device, std::int64_t now_ns, Items items);

    Result<> completed(std::uint32_t device, std::int64_t now_ns, Outputs outputs);

    [[nodiscard]] std::uint32_t waiting() const {
        return static_cast<std::uint32_t>(roll_.size() - running_);
    }

  protected:
    explicit BatchDesk(std::uint32_t devices) : devices_(devices) {}

    virtual void take(const batching::Request& request) = 0;

    // It waits, and no more.
    virtual void withdraw(std::uint32_t number) = 0;

    // The device is free, and there is room for one item at least.
    virtual Result<Written> fill(std::uint32_t device, Items items) = 0;

    // Whoever ended is called so, on the roll; also those that end without having been called so
    // leave it.
    virtual void finish(std::uint32_t device, std::int64_t service_ns) = 0;

    // For a request that runs on this device from now on, or went on to.
    penstock_batch_item seat(std::uint32_t number, std::uint32_t device, std::uint32_t tokens);
    penstock_batch_item unseat(std::uint32_t number);

    // It has ended, there.
    void leave(std::uint32_t number);

    RequestRoll roll_{};

  private:
    struct Device {
        bool busy = false;
        std::int64_t began_ns = 0;
    };

    // Calls those ended, or nobody where something is wrong with one.
    Result<> call_ended(std::uint32_t device, Outputs outputs);
    void call_off(Outputs outputs);

    std::vector<Device> devices_;
    std::size_t running_ = 0;  // On all devices.
};

}  // namespace penstock::client
