// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/packet_processor.h"

#include "kmod-helpers/emulator/device/client_values.h"
#include "kmod-helpers/emulator/device/signals.h"

namespace penstock::emulator {
namespace {

bool is_barrier(aql::PacketType type) {
    return type == aql::PacketType::barrier_and || type == aql::PacketType::barrier_or;
}

SyntheticKernel claimed_by(const aql::KernelDispatch& dispatch,
                           std::uint32_t tgid,
                           const Surroundings& around) {
    const SyntheticKernel assumed{.duration_ns =
                                      static_cast<std::uint64_t>(around.default_kernel.count())};
    if (dispatch.kernel_object != synthetic_kernel_object) {
        return assumed;
    }
    return read_value<SyntheticKernel>(around.memory, tgid, dispatch.kernarg_address)
        .value_or(assumed);
}

}  // namespace

Look look_at(AqlRing& ring,
             std::uint32_t tgid,
             const Surroundings& around,
             std::uint32_t most,
             TimePoint now) {
    Look look;
    while (look.consumed < most) {
        const auto found = ring.peek();
        const auto* packet = std::get_if<Packet>(&found);
        if (packet == nullptr) {
            return look;
        }
        if (is_barrier(packet->type) &&
            !barrier_passes(around.memory, tgid, packet->type, packet->as<aql::Barrier>())) {
            look.at_barrier = true;
            return look;
        }
        if (!ring.consume()) {
            return look;
        }
        ++look.consumed;
        // The completion signal lies at the same place in every kind of packet.
        const auto dispatch = packet->as<aql::KernelDispatch>();
        const std::uint64_t signal = dispatch.completion_signal;
        if (packet->type == aql::PacketType::kernel_dispatch) {
            look.launched.emplace(claimed_by(dispatch, tgid, around), signal, now);
            return look;
        }
        complete_signal(around.memory,
                        around.interrupts,
                        {.tgid = tgid, .signal_address = signal, .start = now, .end = now});
    }
    return look;
}

}  // namespace penstock::emulator
