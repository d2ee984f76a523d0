// SPDX-License-Identifier: Apache-2.0

#include "client/examples/split_inference/turns.h"

#include <algorithm>

namespace penstock::split_inference {
namespace {

constexpr std::uint32_t patience_ms = 5000;
constexpr std::uint64_t patience_usec = 5'000'000;

}  // namespace

Result<std::unique_ptr<Turns>> Turns::open(const Options& options) {
    std::unique_ptr<Turns> turns(new Turns(options));
    const penstock_options wish{.size = sizeof(penstock_options),
                                .bus = options.bus.c_str(),
                                .wait_ms = options.control == Control::none ? 0 : patience_ms,
                                .node = PENSTOCK_ALL_NODES,
                                .critical = options.side == Side::graphics ? 1U : 0U};
    if (const int result = penstock_open(&wish, &turns->client_); result < 0) {
        return fail(-result, penstock_error());
    }
    if (options.control == Control::leases) {
        if (Result<> leased = turns->lease(false); !leased) {
            return std::unexpected(std::move(leased).error());
        }
    }
    return turns;
}

Turns::~Turns() {
    penstock_lease_release(lease_);
    penstock_close(client_);
}

Result<> Turns::lease(bool exclusive) {
    const penstock_lease_options wish{
        .size = sizeof(penstock_lease_options),
        .resource = "dram",
        .target = nullptr,
        .bytes_per_second = options_.rate,
        .min_bytes_per_second = 0,
        .wait_usec = patience_usec,
        // What it costs is what the example shows.
        .exclusive = exclusive ? PENSTOCK_EXCLUSIVE_INSIST : 0U,
        .lease_class = options_.lease_class.empty() ? nullptr : options_.lease_class.c_str(),
        .why = "split inference"};
    const int result = penstock_lease_acquire(client_, &wish, &lease_);
    return result < 0 ? Result<>(fail(-result, penstock_error())) : Result<>();
}

Result<> Turns::begin(penstock_op_class kind, std::uint64_t bytes) {
    if (options_.control == Control::token) {
        if (Result<> leased = lease(true); !leased) {
            return leased;
        }
    }
    penstock_op_begin(client_, kind, bytes, &op_);
    return {};
}

void Turns::end() {
    penstock_op_end(client_, &op_);
    if (options_.control == Control::token) {
        penstock_lease_release(lease_);
        lease_ = nullptr;
    }
}

std::uint64_t Turns::rate() const {
    const bool bounded = options_.control == Control::leases;
    const std::uint64_t granted = bounded ? penstock_lease_rate(lease_) : options_.rate;
    return std::clamp<std::uint64_t>(granted, 1, options_.rate);
}

}  // namespace penstock::split_inference
