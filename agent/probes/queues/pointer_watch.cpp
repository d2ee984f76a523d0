// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/pointer_watch.h"

#include <bpf/bpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "bpf/skeletons.h"

namespace penstock {
namespace {

constexpr std::uint64_t never_written = ~std::uint64_t{0};  // No queue gets that far.

Result<Mapping> map_slots(int number) {
    const Result<Fd> map = owned(::fcntl(number, F_DUPFD_CLOEXEC, 0), "duplicate the slots");
    if (!map) {
        return std::unexpected(map.error());
    }
    return Mapping::open(
        *map, 0, whole_pages(WATCH_SLOTS * sizeof(watch_slot)), Mapping::Access::read_write);
}

}  // namespace

Result<PointerWatch> PointerWatch::open(Tree proc) {
    route_loader_messages();
    OwnedSkeleton<pointer_watch_bpf> program(pointer_watch_bpf::open(nullptr));
    if (!program) {
        return std::unexpected(explain_refusal(errno, "open the pointer watch", proc));
    }
    // The tick is attached per thread, by watch().
    bpf_program__set_autoattach(program->progs.on_tick, false);
    if (const int refusal = pointer_watch_bpf::load(program.get()); refusal != 0) {
        return std::unexpected(explain_refusal(-refusal, "load the pointer watch", proc));
    }
    Result<Mapping> slots = map_slots(bpf_map__fd(program->maps.slots));
    if (!slots) {
        return fail(std::move(slots).error(), "watch pointers");
    }
    if (const int refusal = pointer_watch_bpf::attach(program.get()); refusal != 0) {
        return std::unexpected(explain_refusal(-refusal, "attach the pointer watch", proc));
    }
    return PointerWatch(std::move(program), std::move(*slots), std::move(proc));
}

PointerWatch::PointerWatch(OwnedSkeleton<pointer_watch_bpf> program, Mapping slots, Tree proc)
    : program_(std::move(program)),
      slots_(std::move(slots)),
      proc_(std::move(proc)),
      pool_(WATCH_SLOTS) {}

PointerWatch::PointerWatch(PointerWatch&&) noexcept = default;
PointerWatch::~PointerWatch() = default;

watch_slot& PointerWatch::slot_at(std::uint32_t number) const {
    return reinterpret_cast<watch_slot*>(slots_.start())[number];
}

std::optional<std::uint32_t> PointerWatch::take_slot() {
    const auto slot = pool_.take();
    if (slot) {
        // A former user's last value could equal the next one's first move and hide it.
        __atomic_store_n(&slot_at(*slot).last, never_written, __ATOMIC_RELAXED);
    }
    return slot;
}

void PointerWatch::give_back_slot(std::uint32_t slot) {
    if (pool_.is_taken(slot)) {
        __atomic_store_n(&slot_at(slot).armed, 0, __ATOMIC_RELAXED);
        pool_.give_back(slot);
    }
}

Result<> PointerWatch::check(std::span<const Pointer> pointers) const {
    if (pointers.size() > most_pointers) {
        return fail(std::to_string(pointers.size()) + " pointers to watch in one process, of " +
                    std::to_string(most_pointers) + " possible");
    }
    const bool all_taken =
        std::ranges::all_of(pointers, [&](const Pointer& at) { return pool_.is_taken(at.slot); });
    return all_taken ? Result<>() : fail("a pointer in a watch slot that was not taken");
}

Result<> PointerWatch::watch(int pidfd, pid_t pid, std::span<const Pointer> pointers) {
    if (Result<> sound = check(pointers); !sound) {
        return sound;
    }
    watched_process process{};
    for (const Pointer& pointer : pointers) {
        // Before the slot is listed: the update below orders the two for every processor.
        __atomic_store_n(
            &slot_at(pointer.slot).write_address, pointer.write_address, __ATOMIC_RELAXED);
        process.slots[process.count++] = pointer.slot;
    }
    if (bpf_map__update_elem(
            program_->maps.watched, &pidfd, sizeof(pidfd), &process, sizeof(process), BPF_ANY) !=
        0) {
        // For a process that has ended the kernel says ENOENT, as if the map were to blame.
        return fail(errno == ENOENT ? ESRCH : errno, "watch process " + std::to_string(pid));
    }
    if (ticks_.contains(pidfd)) {
        return {};
    }
    Result<ThreadTicks> ticks =
        ThreadTicks::start(proc_, pid, bpf_program__fd(program_->progs.on_tick));
    if (!ticks) {
        unwatch(pidfd);
        return fail(std::move(ticks).error(), "watch process " + std::to_string(pid));
    }
    ticks_.emplace(pidfd, std::move(*ticks));
    return {};
}

void PointerWatch::unwatch(int pidfd) {
    ticks_.erase(pidfd);
    // Fails for a dead process, whose storage is gone with it.
    static_cast<void>(bpf_map__delete_elem(program_->maps.watched, &pidfd, sizeof(pidfd), BPF_ANY));
}

int PointerWatch::ring_fd() const {
    return bpf_map__fd(program_->maps.moves);
}

int PointerWatch::slots_fd() const {
    return bpf_map__fd(program_->maps.slots);
}

pointer_event_counters PointerWatch::counters() const {
    const pointer_event_counters& live = program_->bss->counters;
    return {.reported = __atomic_load_n(&live.reported, __ATOMIC_RELAXED),
            .dropped = __atomic_load_n(&live.dropped, __ATOMIC_RELAXED)};
}

}  // namespace penstock
