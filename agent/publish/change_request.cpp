// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/change_request.h"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>

#include "agent/publish/bus_name.h"
#include "agent/publish/codec.h"
#include "agent/publish/lease_requests.h"
#include "agent/publish/process_terms.h"
#include "agent/publish/self_requests.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

constexpr std::string_view own_interfaces = "org.penstock1.";
constexpr const char* properties = "org.freedesktop.DBus.Properties";

ChangeRequest nothing() {
    return {.wish = {.access = Access::everybody}};
}

// sd-bus looks a member without an interface up in all of them; here it would pass unseen.
std::unexpected<Refusal> no_interface() {
    return refuse(error::unknown_interface, "the call names no interface");
}

std::unexpected<Refusal> unreadable(int result = -EINVAL) {
    return refuse(error::invalid_args,
                  result == -E2BIG ? fmt::format("a string is longer than {} bytes", longest_string)
                                   : "the arguments do not have the member's signature");
}

bool read_text(sd_bus_message* message, std::string& into) {
    const char* text = nullptr;
    if (sd_bus_message_read_basic(message, 's', static_cast<void*>(&text)) <= 0) {
        return false;
    }
    into = text;
    return true;
}

template <typename T>
std::optional<T> read_number(sd_bus_message* message, char type) {
    T value{};
    return sd_bus_message_read_basic(message, type, &value) > 0 ? std::optional(value)
                                                                : std::nullopt;
}

// The pid in the usual form of a process' path.
std::optional<std::uint32_t> pid_in(std::string_view path) {
    const std::string prefix = std::string(process_prefix) + '/';
    return path.starts_with(prefix) ? parse_number<std::uint32_t>(path.substr(prefix.size()))
                                    : std::nullopt;
}

const ProcessObject* object_at(const char* path, const Surface& surface) {
    const auto pid = pid_in(path);
    const auto found = pid ? surface.processes.find(*pid) : surface.processes.end();
    return found != surface.processes.end() ? found->second.get() : nullptr;
}

ChangeRequest about(Access access, const ProcessObject* process) {
    ChangeRequest request{.wish = {.access = access}};
    if (process != nullptr) {
        request.target = Target{.pid = process->owner.pid, .id = process->owner.id};
    }
    return request;
}

Answer<ChangeRequest> terms_request(const ProcessObject* process,
                                    const ProcessChanges& changes,
                                    const Surface& surface) {
    Answer<Choices> wanted = sound(changes);
    if (!wanted) {
        return std::unexpected(std::move(wanted).error());
    }
    ChangeRequest request = about(Access::priority, process);
    if (process != nullptr) {
        request.wish.raise = raised_by(*wanted, process->owner);
        request.wish.process_uid = surface.requests.only_uid(process->owner.pid);
    }
    return request;
}

Answer<ChangeRequest> read_write(sd_bus_message* message, const Surface& surface) {
    std::string interface;
    std::string property;
    if (!read_text(message, interface) || !read_text(message, property)) {
        return unreadable();
    }
    const auto access = access_of(MemberKind::property, interface, property);
    if (!access) {
        return refuse(error::unknown_property,
                      fmt::format(R"(there is no property "{}" of "{}")",
                                  printable(property, longest_string),
                                  printable(interface, longest_string)));
    }
    if (*access == Access::nobody) {
        return refuse(error::property_read_only,
                      fmt::format("property {} can not be written", property));
    }
    const ProcessObject* process = object_at(sd_bus_message_get_path(message), surface);
    if (interface == process_interface && process == nullptr) {
        return nothing();  // sd-bus says that there is no such object.
    }
    if (*access != Access::priority) {
        return about(*access, process);
    }
    ProcessChanges changes;
    if (const int result = read_change(message, property, changes); result < 0) {
        return unreadable(result);
    }
    return terms_request(process, changes, surface);
}

// SetProcessPriority(u pid, i priority, ...) and SetProcessProperties(u pid, t id, a{sv}) of the
// manager, SetPriority(i priority, ...) of the process itself.
Answer<ChangeRequest> read_terms_call(sd_bus_message* message, const Surface& surface) {
    const ProcessObject* process = object_at(sd_bus_message_get_path(message), surface);
    if (process == nullptr) {
        const auto pid = read_number<std::uint32_t>(message, 'u');
        if (!pid) {
            return unreadable();
        }
        const Answer<ProcessObject*> found = find_process(surface, *pid);
        if (!found) {
            return std::unexpected(found.error());
        }
        process = *found;
    }
    ProcessChanges changes;
    if (std::string_view(sd_bus_message_get_member(message)) != "SetProcessProperties") {
        changes.priority = read_number<std::int32_t>(message, 'i');
        return changes.priority ? terms_request(process, changes, surface) : unreadable();
    }
    // A name that is unknown is refused by whoever carries it out; nothing to set is no wish.
    int result = sd_bus_message_skip(message, "t");
    result = result < 0 ? result : Codec<ProcessChanges>::read(message, changes);
    if (result < 0) {
        return unreadable(result);
    }
    return terms_request(process, changes, surface);
}

// What becomes of the process may be more than it has, and then it is raised.
ChangeRequest reset_request(const ProcessObject& process, const Surface& surface) {
    const std::uint32_t pid = process.owner.pid;
    const Choices back = back_to(surface.requests.ruled_terms(pid), process.owner);
    ChangeRequest request = about(Access::priority, &process);
    request.wish.raise = raised_by(back, process.owner);
    request.wish.process_uid = surface.requests.only_uid(pid);
    return request;
}

// RegisterSelf(h pidfd, a{sv} properties): the process behind the descriptor is its sender's own,
// or he needs consent as for another's terms.
Answer<ChangeRequest> self_request(sd_bus_message* message, const Surface& surface) {
    Descriptor pidfd;
    ProcessChanges changes;
    int result = Codec<Descriptor>::read(message, pidfd);
    result = result < 0 ? result : Codec<ProcessChanges>::read(message, changes);
    if (result < 0) {
        return unreadable(result);
    }
    const Answer<ProcessObject*> process = find_process_behind(surface, pidfd);
    if (!process) {
        return std::unexpected(process.error());
    }
    Answer<ChangeRequest> request = terms_request(*process, changes, surface);
    const Result<std::uint32_t> pid = pid_behind(pidfd.number);
    if (!request || !pid) {
        return request ? refuse(error::invalid_args, pid.error().message()) : request;
    }
    request->wish.process_uid = surface.requests.only_uid_behind(pidfd.number);
    // Whoever has the pid by now may be somebody else.
    return is_alive(pidfd.number)
               ? request
               : refuse(error::no_such_process, fmt::format("process {} has just ended", *pid));
}

// Up to his part everybody may have a lease.
ChangeRequest lease_request(sd_bus_message* message, const Surface& surface, std::uint32_t uid) {
    std::string beyond = beyond_budget(message, surface, uid);
    return beyond.empty()
               ? nothing()
               : ChangeRequest{.wish = {.access = Access::lease, .raise = std::move(beyond)}};
}

Answer<ChangeRequest> read_own_call(sd_bus_message* message,
                                    const Surface& surface,
                                    std::uint32_t uid) {
    const std::string_view interface = sd_bus_message_get_interface(message);
    const char* member = sd_bus_message_get_member(message);
    const auto access = access_of(MemberKind::method, interface, member);
    if (!access || *access == Access::nobody) {
        return refuse(error::unknown_method,
                      fmt::format("there is no method {} of {}", member, interface));
    }
    const ProcessObject* process = object_at(sd_bus_message_get_path(message), surface);
    if (interface == process_interface && process == nullptr) {
        return nothing();  // sd-bus says that there is no such object.
    }
    if (process != nullptr && std::string_view(member) == "ResetProperties") {
        return reset_request(*process, surface);
    }
    if (std::string_view(member) == "RegisterSelf") {
        return self_request(message, surface);
    }
    if (*access == Access::lease) {
        return lease_request(message, surface, uid);
    }
    return *access == Access::priority ? read_terms_call(message, surface)
                                       : about(*access, process);
}

}  // namespace

Answer<ChangeRequest> read_request(sd_bus_message* message,
                                   const Surface& surface,
                                   std::uint32_t uid) {
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) {
        return nothing();
    }
    if (sd_bus_message_get_interface(message) == nullptr) {
        return no_interface();
    }
    if (sd_bus_message_is_method_call(message, properties, "Set") > 0) {
        Answer<ChangeRequest> request = read_write(message, surface);
        sd_bus_message_rewind(message, 1);
        return request;
    }
    if (std::string_view(sd_bus_message_get_interface(message)).starts_with(own_interfaces)) {
        Answer<ChangeRequest> request = read_own_call(message, surface, uid);
        sd_bus_message_rewind(message, 1);
        return request;
    }
    return nothing();
}

}  // namespace penstock::dbus
