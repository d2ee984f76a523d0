// SPDX-License-Identifier: Apache-2.0

#include "client/examples/split_inference/graphics.h"

#include "base/clock.h"
#include "base/tree.h"
#include "kmod-helpers/workload/device_choice.h"

namespace penstock::split_inference {
namespace {

constexpr std::uint32_t wait_ms = 20;

}  // namespace

Result<std::unique_ptr<Graphics>> Graphics::open(const Options& options) {
    const Result<std::uint32_t> gpu_id = workload::choose_gpu(Tree(options.sysfs), 0);
    if (!gpu_id) {
        return std::unexpected(gpu_id.error());
    }
    std::unique_ptr<Graphics> graphics(new Graphics());
    for (const Operation& operation : operations) {
        Result<workload::KfdClient> client = workload::KfdClient::open(options.kfd);
        if (!client) {
            return std::unexpected(std::move(client).error());
        }
        Result<workload::Session> session = workload::Session::open(
            *std::move(client),
            {.gpu_id = *gpu_id,
             .kernels_per_request = operation.parts,
             .kernel = {.duration_ns =
                            static_cast<std::uint64_t>(options.token.count()) / all_parts,
                        .dram_read_bytes = options.bytes_of_a_part()},
             .enable_runtime = graphics->sessions_.empty()},
            graphics->log_);
        if (!session) {
            return std::unexpected(std::move(session).error());
        }
        graphics->sessions_.push_back(*std::move(session));
    }
    return graphics;
}

Result<> Graphics::move(std::size_t operation, std::uint64_t /*rate*/, StopSignal& stop) {
    workload::Session& session = sessions_.at(operation);
    session.submit(monotonic_now());
    while (session.in_flight() > 0 && !stop.wait_until(TimePoint())) {
        if (const Result<bool> woken = session.wait(wait_ms); !woken) {
            return std::unexpected(woken.error());
        }
        session.reap();
    }
    return {};
}

}  // namespace penstock::split_inference
