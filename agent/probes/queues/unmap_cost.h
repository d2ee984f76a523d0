// SPDX-License-Identifier: Apache-2.0
//
// UnmapCost: learns by eBPF what it costs a device to have its queues taken off, suspension by
// suspension. Where the kernel does not allow it, the duration of the ioctl itself must do.

#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <vector>

#include "agent/probes/queues/bpf_access.h"
#include "base/ring_reader.h"
#include "base/tree.h"
#include "bpf/unmap_event.h"

struct unmap_cost_bpf;  // NOLINT(readability-identifier-naming): bpftool names it.

namespace penstock {

class UnmapCost {
  public:
    struct Roots {
        Tree sys{"/sys"};
        Tree proc{"/proc"};
    };

    // Loads and attaches. Fails in a sentence where amdgpu tells no types or trampolines are
    // forbidden.
    static Result<UnmapCost> open(const Roots& roots);

    UnmapCost(UnmapCost&&) noexcept;
    UnmapCost& operator=(UnmapCost&&) = delete;
    UnmapCost(const UnmapCost&) = delete;
    UnmapCost& operator=(const UnmapCost&) = delete;
    ~UnmapCost();

    // Readable while there are events to take.
    [[nodiscard]] int fd() const { return ring_.fd(); }

    // The events since the last call, oldest first; at most `limit`, the rest the next time.
    [[nodiscard]] std::vector<unmap_event> take(std::size_t limit = 1024);

    // Events lost since the start, because nobody took them.
    [[nodiscard]] std::uint64_t dropped() const;

  private:
    UnmapCost(OwnedSkeleton<unmap_cost_bpf> program, RingReader ring);

    OwnedSkeleton<unmap_cost_bpf> program_;
    RingReader ring_;
};

}  // namespace penstock
