// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/surface_update.h"

#include <algorithm>
#include <ranges>

#include "agent/publish/bus_name.h"
#include "agent/publish/figures.h"

namespace penstock::dbus {
namespace {

// Announces and removes the objects for which `still_there` does not hold.
template <typename Objects, typename Predicate>
void retire(Objects& objects, const char* prefix, Announcer& announcer, Predicate still_there) {
    for (auto each = objects.begin(); each != objects.end();) {
        auto& [number, object] = *each;
        if (still_there(*object)) {
            ++each;
            continue;
        }
        // sd-bus asks for the object while it announces the end, so it is erased last.
        object->gone = true;
        announcer.changed(*object);
        announcer.vanished(numbered_path(prefix, number));
        each = objects.erase(each);
    }
}

// The object, made when it is new; tells which.
template <typename Objects>
auto& settled(Objects& objects, Surface& surface, std::uint32_t number, bool& is_new) {
    auto& place = objects[number];
    is_new = place == nullptr;
    if (is_new) {
        using Object = std::remove_cvref_t<decltype(*place)>;
        place = std::make_unique<Object>(Object{.surface = surface});
    }
    return *place;
}

template <typename Object>
void announce(
    Object& object, const char* prefix, std::uint32_t number, bool is_new, Announcer& announcer) {
    if (is_new) {
        announcer.appeared(object, numbered_path(prefix, number));
    } else {
        announcer.changed(object);
    }
}

auto queues_of(const Snapshot& snapshot, OwnerId owner) {
    return std::ranges::equal_range(
        snapshot.queues, owner, {}, [](const Queue& queue) { return queue.key.owner; });
}

// Two owners have one pid for a moment, when a pid is used again before the end of its former
// process was noticed. The later one has the path.
void give_up_path(Surface& surface, const Owner& owner, Announcer& announcer) {
    retire(surface.processes, process_prefix, announcer, [&](const ProcessObject& object) {
        return object.owner.pid != owner.pid || object.owner.id >= owner.id;
    });
}

void show_owner(Surface& surface,
                const Snapshot& snapshot,
                const Owner& owner,
                Announcer& announcer) {
    const auto found = surface.processes.find(owner.pid);
    if (found != surface.processes.end() && found->second->owner.id > owner.id) {
        return;
    }
    if (found != surface.processes.end() && found->second->owner.id < owner.id) {
        give_up_path(surface, owner, announcer);
    }
    bool is_new = false;
    ProcessObject& process = settled(surface.processes, surface, owner.pid, is_new);
    const Tally before = tally_of(process.owner);
    process.owner = owner;
    const auto queues = queues_of(snapshot, owner.id);
    process.queues.assign(queues.begin(), queues.end());
    announce(process, process_prefix, owner.pid, is_new, announcer);
    announcer.suspensions(process, before);
}

void show_processes(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    retire(surface.processes, process_prefix, announcer, [&](const ProcessObject& object) {
        return std::ranges::binary_search(snapshot.owners, object.owner.id, {}, &Owner::id);
    });
    for (const Owner& owner : snapshot.owners) {
        show_owner(surface, snapshot, owner, announcer);
    }
}

void show_gpus(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    retire(surface.gpus, gpu_prefix, announcer, [&](const GpuObject& object) {
        return std::ranges::count(snapshot.devices, object.device.gpu, &Device::gpu) != 0;
    });
    for (const Device& device : snapshot.devices) {
        bool is_new = false;
        GpuObject& gpu = settled(surface.gpus, surface, device.gpu.value, is_new);
        gpu.device = device;
        gpu.queues = static_cast<std::uint32_t>(std::ranges::count(
            snapshot.queues, device.gpu, [](const Queue& q) { return q.key.gpu; }));
        announce(gpu, gpu_prefix, device.gpu.value, is_new, announcer);
    }
}

void show_memory(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    retire(surface.memory, memory_prefix, announcer, [&](const MemoryObject& object) {
        return std::ranges::count(snapshot.memory, object.node.number, &MemoryNode::number) != 0;
    });
    for (const MemoryNode& node : snapshot.memory) {
        bool is_new = false;
        MemoryObject& memory = settled(surface.memory, surface, node.number, is_new);
        memory.node = node;
        announce(memory, memory_prefix, node.number, is_new, announcer);
    }
}

void show_packages(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    retire(surface.packages, package_prefix, announcer, [&](const PackageObject& object) {
        return std::ranges::count(snapshot.packages, object.package.number, &Package::number) != 0;
    });
    for (const Package& each : snapshot.packages) {
        bool is_new = false;
        PackageObject& package = settled(surface.packages, surface, each.number, is_new);
        package.package = each;
        announce(package, package_prefix, each.number, is_new, announcer);
    }
}

void show_manager(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    ManagerObject& manager = surface.manager;
    manager.preemption_enabled = snapshot.preemption_enabled;
    manager.dry_run = snapshot.dry_run;
    if (manager.sources != snapshot.sources) {
        manager.sources = snapshot.sources;
    }
    manager.throttle = ThrottleLevel::none;
    for (const MemoryNode& node : snapshot.memory) {
        manager.throttle = std::max(manager.throttle, node.throttle.level);
    }
    manager.queues = 0;
    manager.queues_suspended = 0;
    for (const auto& process : std::views::values(surface.processes)) {
        manager.queues += static_cast<std::uint32_t>(process->queues.size());
        manager.queues_suspended += suspended_queues(*process);
    }
    announcer.changed(manager);
}

}  // namespace

void show(Surface& surface, const Snapshot& snapshot, Announcer& announcer) {
    surface.now = snapshot.now;
    show_memory(surface, snapshot, announcer);
    show_packages(surface, snapshot, announcer);
    show_gpus(surface, snapshot, announcer);
    show_processes(surface, snapshot, announcer);
    show_manager(surface, snapshot, announcer);
    surface.history.figures.note(
        snapshot, {.all = surface.manager.queues, .suspended = surface.manager.queues_suspended});
}

}  // namespace penstock::dbus
