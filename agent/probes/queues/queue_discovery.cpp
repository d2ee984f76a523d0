// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/queue_discovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "agent/probes/queues/bpf_access.h"
#include "agent/probes/queues/queue_record.h"
#include "bpf/skeletons.h"

namespace penstock {
namespace {

Result<Fd> duplicate(int number) {
    return owned(::fcntl(number, F_DUPFD_CLOEXEC, 0), "duplicate a map's descriptor");
}

std::uint64_t read_counter(const __u64& counter) {
    return __atomic_load_n(&counter, __ATOMIC_RELAXED);
}

bool driver_tells_types(const Tree& sys) {
    return ::access(sys.path("kernel/btf/amdgpu").c_str(), F_OK) == 0;
}

}  // namespace

template <typename Skeleton>
Result<QueueDiscovery> QueueDiscovery::start(const std::function<void(Skeleton&)>& set,
                                             std::string how,
                                             const Tree& proc) {
    OwnedSkeleton<Skeleton> skeleton(Skeleton::open(nullptr));
    if (!skeleton) {
        return std::unexpected(explain_refusal(errno, "open " + how, proc));
    }
    set(*skeleton);
    if (const int refusal = Skeleton::load(skeleton.get()); refusal != 0) {
        return std::unexpected(explain_refusal(-refusal, "load " + how, proc));
    }
    Result<Fd> ring = duplicate(bpf_map__fd(skeleton->maps.queue_events));
    if (!ring) {
        return std::unexpected(std::move(ring).error());
    }
    Result<RingReader> reader = RingReader::open(std::move(*ring), QUEUE_RING_BYTES);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    if (const int refusal = Skeleton::attach(skeleton.get()); refusal != 0) {
        return std::unexpected(explain_refusal(-refusal, "attach " + how, proc));
    }
    const queue_event_counters* counters = &skeleton->bss->counters;
    Program program(skeleton.release(),
                    [](void* it) { Skeleton::destroy(static_cast<Skeleton*>(it)); });
    return QueueDiscovery(std::move(program), std::move(*reader), counters, std::move(how));
}

Result<QueueDiscovery> QueueDiscovery::open(const std::string& kfd_path, const Roots& roots) {
    const Result<KfdFile> kfd = identify_kfd(kfd_path);
    if (!kfd) {
        return fail(kfd.error(), "discover queues");
    }
    const Result<std::uint32_t> pid_namespace = own_pid_namespace();
    if (!pid_namespace) {
        return fail(pid_namespace.error(), "discover queues");
    }
    route_loader_messages();
    std::string reason = "amdgpu tells no types here";
    // The driver's functions know nothing of the emulator's file.
    if (kfd->rdev != 0 && driver_tells_types(roots.sys)) {
        auto in_driver = start<queue_discovery_amdgpu_bpf>(
            [&](auto& program) { program.rodata->agent_pid_namespace = *pid_namespace; },
            "fentry on kfd_procfs_add_queue",
            roots.proc);
        if (in_driver) {
            return in_driver;
        }
        reason = in_driver.error().message();
    }
    auto at_system_call = start<queue_discovery_bpf>(
        [&](auto& program) {
            program.rodata->agent_pid_namespace = *pid_namespace;
            program.rodata->kfd_rdev = kfd->rdev;
            program.rodata->kfd_inode = kfd->inode;
            program.rodata->kfd_device = kfd->device;
        },
        "tp_btf/sys_exit",
        roots.proc);
    if (!at_system_call) {
        return fail(std::move(at_system_call).error(), "discover queues");
    }
    at_system_call->how_ += " (" + reason + ")";
    return at_system_call;
}

std::vector<queue_event> QueueDiscovery::take(std::size_t limit) {
    std::vector<queue_event> events;
    while (events.size() < limit) {
        const auto bytes = ring_.front();
        if (!bytes) {
            break;
        }
        if (const auto event = decode_queue_event(*bytes)) {
            events.push_back(*event);
        }
        ring_.release();
    }
    return events;
}

std::uint64_t QueueDiscovery::dropped() const {
    return read_counter(counters_->dropped);
}

std::uint64_t QueueDiscovery::unreadable() const {
    return read_counter(counters_->unreadable);
}

}  // namespace penstock
