// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/object_tree.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "agent/publish/agent_object.h"
#include "agent/publish/bus_name.h"
#include "agent/publish/gpu_object.h"
#include "agent/publish/lease_desk.h"
#include "agent/publish/lease_object.h"
#include "agent/publish/log_object.h"
#include "agent/publish/memory_object.h"
#include "agent/publish/package_object.h"
#include "agent/publish/process_object.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

// One kind of object: where it lives and what answers for it.
struct ProcessKind {
    static constexpr const char* prefix = process_prefix;
    static constexpr const char* interface = process_interface;

    static const sd_bus_vtable* vtable() { return process_vtable(); }

    static auto& objects(Surface& surface) { return surface.processes; }
};

struct GpuKind {
    static constexpr const char* prefix = gpu_prefix;
    static constexpr const char* interface = gpu_interface;

    static const sd_bus_vtable* vtable() { return gpu_vtable(); }

    static auto& objects(Surface& surface) { return surface.gpus; }
};

struct MemoryKind {
    static constexpr const char* prefix = memory_prefix;
    static constexpr const char* interface = memory_interface;

    static const sd_bus_vtable* vtable() { return memory_vtable(); }

    static auto& objects(Surface& surface) { return surface.memory; }
};

struct PackageKind {
    static constexpr const char* prefix = package_prefix;
    static constexpr const char* interface = package_interface;

    static const sd_bus_vtable* vtable() { return package_vtable(); }

    static auto& objects(Surface& surface) { return surface.packages; }
};

struct LeaseKind {
    static constexpr const char* prefix = lease_prefix;
    static constexpr const char* interface = lease_interface;

    static const sd_bus_vtable* vtable() { return lease_vtable(); }

    static auto& objects(Surface& surface) { return surface.lease_objects; }

    // Whoever finds one in a list is to hear of its end, and so of its beginning.
    static void before_listing(Surface& surface) { surface.leases->announce_new(); }
};

// sd-bus calls it for every message below the prefix, and hands the object to the vtable. Only the
// number's usual form names an object: "/007" does not.
template <typename Kind>
// NOLINTNEXTLINE(readability-function-size): the parameters are sd-bus'.
int find_object(sd_bus* /*bus*/,
                const char* path,
                const char* /*interface*/,
                void* userdata,
                void** object,
                sd_bus_error* /*error*/) {
    const std::string_view whole(path);
    const std::size_t start = std::strlen(Kind::prefix) + 1;
    if (whole.size() <= start) {
        return 0;
    }
    const auto number = parse_number<std::uint32_t>(whole.substr(start));
    if (!number || numbered_path(Kind::prefix, *number) != whole) {
        return 0;
    }
    auto& objects = Kind::objects(*static_cast<Surface*>(userdata));
    const auto found = objects.find(*number);
    if (found == objects.end()) {
        return 0;
    }
    *object = found->second.get();
    return 1;
}

// sd-bus frees the list and its strings with free().
template <typename Kind>
int list_objects(sd_bus* /*bus*/,
                 const char* /*prefix*/,
                 void* userdata,
                 char*** nodes,
                 sd_bus_error* /*error*/) {
    auto& surface = *static_cast<Surface*>(userdata);
    if constexpr (requires { Kind::before_listing(surface); }) {
        Kind::before_listing(surface);
    }
    const auto& objects = Kind::objects(surface);
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): C takes it over.
    auto* list = static_cast<char**>(std::calloc(objects.size() + 1, sizeof(char*)));
    if (list == nullptr) {
        return -ENOMEM;
    }
    std::size_t count = 0;
    for (const auto& [number, object] : objects) {
        list[count++] = ::strdup(numbered_path(Kind::prefix, number).c_str());
    }
    *nodes = list;
    return 0;
}

// Keeps what registration returned, or the first failure.
class Plot {
  public:
    explicit Plot(sd_bus* bus) : bus_(bus) {}

    template <typename Register, typename... Args>
    void add(Register enrol, Args... args) {
        if (result_ < 0) {
            return;
        }
        sd_bus_slot* slot = nullptr;
        result_ = enrol(bus_, &slot, args...);
        slots_.emplace_back(slot);
    }

    template <typename Kind>
    void add_kind(Surface& surface) {
        add(&sd_bus_add_fallback_vtable,
            Kind::prefix,
            Kind::interface,
            Kind::vtable(),
            &find_object<Kind>,
            static_cast<void*>(&surface));
        add(&sd_bus_add_node_enumerator,
            Kind::prefix,
            &list_objects<Kind>,
            static_cast<void*>(&surface));
    }

    Result<std::vector<Slot>> finish() && {
        if (result_ < 0) {
            return fail(-result_, "put the objects on the bus");
        }
        return std::move(slots_);
    }

  private:
    sd_bus* bus_;
    std::vector<Slot> slots_{};
    int result_ = 0;
};

}  // namespace

Result<std::vector<Slot>> plant(sd_bus* bus, Surface& surface) {
    Plot plot(bus);
    plot.add(&sd_bus_add_object_manager, root_path);
    plot.add(&sd_bus_add_object_vtable,
             root_path,
             manager_interface,
             manager_vtable(),
             static_cast<void*>(&surface.manager));
    plot.add(&sd_bus_add_object_vtable,
             log_path,
             log_interface,
             log_vtable(),
             static_cast<void*>(&surface.log));
    plot.add_kind<ProcessKind>(surface);
    plot.add_kind<GpuKind>(surface);
    plot.add_kind<MemoryKind>(surface);
    plot.add_kind<PackageKind>(surface);
    plot.add_kind<LeaseKind>(surface);
    return std::move(plot).finish();
}

}  // namespace penstock::dbus
