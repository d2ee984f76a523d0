// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/signals.h"

#include "kmod-helpers/emulator/device/client_values.h"

namespace penstock::emulator {
namespace {

bool satisfied(ClientMemory& memory, std::uint32_t tgid, std::uint64_t signal_address) {
    if (!aligned_to(signal_address, sizeof(std::int64_t))) {
        return false;
    }
    const std::uint64_t value_address = signal_address + offsetof(aql::Signal, value);
    const auto value = read_value<std::int64_t>(memory, tgid, value_address);
    return value == 0;
}

}  // namespace

void complete_signal(ClientMemory& memory, Interrupts& interrupts, const Completion& completion) {
    const std::uint32_t tgid = completion.tgid;
    const std::uint64_t address = completion.signal_address;
    if (address == 0 || !aligned_to(address, sizeof(std::int64_t))) {
        return;
    }
    const auto signal = read_value<aql::Signal>(memory, tgid, address);
    if (!signal) {
        return;
    }
    const std::uint64_t stamps[] = {static_cast<std::uint64_t>(to_ns(completion.start)),
                                    static_cast<std::uint64_t>(to_ns(completion.end))};
    // Unsigned, because a hostile value may be the smallest there is.
    const std::uint64_t decremented = static_cast<std::uint64_t>(signal->value) - 1;
    // The value last: whoever sees it expects the stamps to be there.
    if (!memory.write(
            tgid, address + offsetof(aql::Signal, start_ts), std::as_bytes(std::span(stamps))) ||
        !write_value(memory, tgid, address + offsetof(aql::Signal, value), decremented)) {
        return;
    }
    const std::uint64_t mailbox = signal->event_mailbox_ptr;
    const std::uint64_t event = signal->event_id;
    if (mailbox != 0 && aligned_to(mailbox, sizeof(event)) &&
        write_value(memory, tgid, mailbox, event)) {
        interrupts.raise(tgid, signal->event_id);
    }
}

bool barrier_passes(ClientMemory& memory,
                    std::uint32_t tgid,
                    aql::PacketType type,
                    const aql::Barrier& barrier) {
    std::size_t named = 0;
    std::size_t passed = 0;
    for (const std::uint64_t dependency : barrier.dependencies) {
        if (dependency != 0) {
            ++named;
            passed += satisfied(memory, tgid, dependency) ? 1U : 0U;
        }
    }
    // Without any dependency both kinds pass.
    return type == aql::PacketType::barrier_or ? named == 0 || passed > 0 : passed == named;
}

}  // namespace penstock::emulator
