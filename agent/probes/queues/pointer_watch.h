// SPDX-License-Identifier: Apache-2.0
//
// PointerWatch: has BPF look at the write pointers of chosen processes in their own context.
//
// The agent says which; the moves themselves go to the gate, which gets the descriptors of the ring
// and of the slots and never needs bpf(2) (agent/pointer_ring.h). Processes are named by pidfd, so
// that a number that was reused can not be watched by mistake.

#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "agent/probes/queues/bpf_access.h"
#include "agent/probes/queues/slot_pool.h"
#include "agent/probes/queues/thread_ticks.h"
#include "base/mapping.h"
#include "bpf/pointer_event.h"

struct pointer_watch_bpf;  // NOLINT(readability-identifier-naming): bpftool names it.

namespace penstock {

class PointerWatch {
  public:
    static constexpr std::size_t most_pointers = WATCH_SLOTS_PER_PROCESS;

    struct Pointer {
        std::uint32_t slot = 0;
        std::uint64_t write_address = 0;  // In the watched process; a claim of its own.
    };

    // Loads and attaches; `proc` is where threads and our own capabilities are read.
    static Result<PointerWatch> open(Tree proc);

    PointerWatch(PointerWatch&&) noexcept;
    PointerWatch& operator=(PointerWatch&&) = delete;
    PointerWatch(const PointerWatch&) = delete;
    PointerWatch& operator=(const PointerWatch&) = delete;
    ~PointerWatch();

    // Nothing when all slots are taken: such a queue is sampled instead. The first look at a new
    // slot counts as a move.
    [[nodiscard]] std::optional<std::uint32_t> take_slot();

    // The slot must be in no process' list any more.
    void give_back_slot(std::uint32_t slot);

    // Replaces the list of the process' pointers, at most `most_pointers`. The pidfd stays the
    // caller's and must stay open until unwatch().
    Result<> watch(int pidfd, pid_t pid, std::span<const Pointer> pointers);

    // Also right for a process that has died.
    void unwatch(int pidfd);

    // For the gate: the ring of moves and the slots; owned by this object.
    [[nodiscard]] int ring_fd() const;
    [[nodiscard]] int slots_fd() const;

    [[nodiscard]] pointer_event_counters counters() const;

  private:
    PointerWatch(OwnedSkeleton<pointer_watch_bpf> program, Mapping slots, Tree proc);

    [[nodiscard]] watch_slot& slot_at(std::uint32_t number) const;
    [[nodiscard]] Result<> check(std::span<const Pointer> pointers) const;

    OwnedSkeleton<pointer_watch_bpf> program_;
    Mapping slots_;
    Tree proc_;
    SlotPool pool_;
    std::map<int, ThreadTicks> ticks_;  // By pidfd number.
};

}  // namespace penstock
