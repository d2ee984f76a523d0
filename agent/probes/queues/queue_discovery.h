// SPDX-License-Identifier: Apache-2.0
//
// QueueDiscovery: learns of every KFD queue that any process creates or destroys, by eBPF.
//
// Where the amdgpu module tells its types and the kernel allows it, the driver's own functions are
// watched; elsewhere the system call's return, filtered by file. Both report the same records.
// Queues that existed before are not seen: scan_queues() finds them.

#pragma once

#include <bpf/libbpf.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/probes/queues/kfd_file.h"
#include "base/ring_reader.h"
#include "base/tree.h"
#include "bpf/queue_event.h"

namespace penstock {

class QueueDiscovery {
  public:
    struct Roots {
        Tree sys{"/sys"};
        Tree proc{"/proc"};
    };

    static Result<QueueDiscovery> open(const std::string& kfd_path, const Roots& roots);

    // Readable while there are events to take.
    [[nodiscard]] int fd() const { return ring_.fd(); }

    // The events since the last call, oldest first; at most `limit`, the rest the next time.
    [[nodiscard]] std::vector<queue_event> take(std::size_t limit = 1024);

    // Events lost since the start: the ring was full. A scan is due when this has grown.
    [[nodiscard]] std::uint64_t dropped() const;

    // Matching calls whose argument could not be read.
    [[nodiscard]] std::uint64_t unreadable() const;

    // Where it listens, for a person, and why nowhere better: "tp_btf/sys_exit (…)".
    [[nodiscard]] const std::string& how() const { return how_; }

  private:
    // The skeleton behind it, whichever it is; destroying it detaches the program.
    using Program = std::unique_ptr<void, void (*)(void*)>;

    QueueDiscovery(Program program,
                   RingReader ring,
                   const queue_event_counters* counters,
                   std::string how)
        : program_(std::move(program)),
          ring_(std::move(ring)),
          counters_(counters),
          how_(std::move(how)) {}

    template <typename Skeleton>
    static Result<QueueDiscovery> start(const std::function<void(Skeleton&)>& set,
                                        std::string how,
                                        const Tree& proc);

    Program program_;
    RingReader ring_;
    const queue_event_counters* counters_;  // In the program's memory.
    std::string how_;
};

}  // namespace penstock
