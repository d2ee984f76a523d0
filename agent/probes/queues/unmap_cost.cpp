// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/unmap_cost.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bpf/skeletons.h"

namespace penstock {

Result<UnmapCost> UnmapCost::open(const Roots& roots) {
    if (::access(roots.sys.path("kernel/btf/amdgpu").c_str(), F_OK) != 0) {
        return fail(errno, "measure what a suspension costs: find the types of amdgpu");
    }
    route_loader_messages();
    OwnedSkeleton<unmap_cost_bpf> program(unmap_cost_bpf::open(nullptr));
    if (!program) {
        return std::unexpected(explain_refusal(errno, "open the unmap cost", roots.proc));
    }
    if (const int refusal = unmap_cost_bpf::load(program.get()); refusal != 0) {
        return std::unexpected(
            explain_refusal(-refusal, "load fentry on unmap_queues_cpsch", roots.proc));
    }
    Result<Fd> ring = owned(::fcntl(bpf_map__fd(program->maps.unmap_events), F_DUPFD_CLOEXEC, 0),
                            "duplicate a map's descriptor");
    if (!ring) {
        return std::unexpected(std::move(ring).error());
    }
    Result<RingReader> reader = RingReader::open(std::move(*ring), UNMAP_RING_BYTES);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    if (const int refusal = unmap_cost_bpf::attach(program.get()); refusal != 0) {
        return std::unexpected(
            explain_refusal(-refusal, "attach fentry on unmap_queues_cpsch", roots.proc));
    }
    return UnmapCost(std::move(program), std::move(*reader));
}

UnmapCost::UnmapCost(OwnedSkeleton<unmap_cost_bpf> program, RingReader ring)
    : program_(std::move(program)), ring_(std::move(ring)) {}

UnmapCost::UnmapCost(UnmapCost&&) noexcept = default;
UnmapCost::~UnmapCost() = default;

std::vector<unmap_event> UnmapCost::take(std::size_t limit) {
    std::vector<unmap_event> events;
    while (events.size() < limit) {
        const auto bytes = ring_.front();
        if (!bytes) {
            break;
        }
        if (unmap_event event{}; bytes->size() == sizeof(event)) {
            std::memcpy(&event, bytes->data(), sizeof(event));
            events.push_back(event);
        }
        ring_.release();
    }
    return events;
}

std::uint64_t UnmapCost::dropped() const {
    return __atomic_load_n(&program_->bss->counters.dropped, __ATOMIC_RELAXED);
}

}  // namespace penstock
