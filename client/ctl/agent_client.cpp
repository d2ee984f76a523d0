// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/agent_client.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/bus_error.h"
#include "base/result.h"
#include "base/text.h"
#include "client/ctl/agent_names.h"
#include "client/ctl/bus_json.h"
#include "client/ctl/term_entries.h"

namespace penstock::ctl {
namespace {

constexpr std::uint64_t any_incarnation = 0;
constexpr std::uint64_t patience_usec = 5'000'000;
constexpr std::size_t longest_sentence = 1024;

int open_bus(const std::string& address, sd_bus** bus) {
    if (address == "system") {
        return sd_bus_open_system(bus);
    }
    if (address == "session") {
        return sd_bus_open_user(bus);
    }
    int result = sd_bus_new(bus);
    result = result < 0 ? result : sd_bus_set_address(*bus, address.c_str());
    result = result < 0 ? result : sd_bus_set_bus_client(*bus, 1);
    return result < 0 ? result : sd_bus_start(*bus);
}

// `result` is a negative errno of sd-bus.
std::string sentence_of(int result, std::string doing) {
    return Error{.code = -result, .doing = std::move(doing)}.message();
}

}  // namespace

bool means_unreachable(const sd_bus_error& error, int code) {
    constexpr std::array<std::string_view, 5> names{
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.NoReply",
        "org.freedesktop.DBus.Error.Timeout",
        "org.freedesktop.DBus.Error.Disconnected",
    };
    constexpr std::array codes{ETIMEDOUT, ECONNRESET, ENOTCONN, EPIPE, ESHUTDOWN};
    const std::string_view name = error.name == nullptr ? "" : error.name;
    return std::ranges::find(names, name) != names.end() ||
           name.starts_with("org.freedesktop.DBus.Error.Spawn.") ||
           std::ranges::find(codes, code) != codes.end();
}

Outcome<AgentClient> AgentClient::connect(const std::string& address) {
    sd_bus* raw = nullptr;
    const int result = open_bus(address, &raw);
    AgentClient client(raw);
    if (result < 0) {
        return fail(Exit::unreachable,
                    sentence_of(result,
                                fmt::format("the bus \"{}\" can not be reached",
                                            printable(address, longest_sentence))));
    }
    return client;
}

template <typename... Args>
Outcome<AgentClient::Message> AgentClient::call(const Member& member,
                                                const char* signature,
                                                Args... arguments) {
    sd_bus_message* raw = nullptr;
    const int made = sd_bus_message_new_method_call(
        bus_.get(), &raw, service, member.path.c_str(), member.interface, member.name);
    const Message message(raw);
    const bool done = made < 0 || sizeof...(arguments) == 0;
    const int result = done ? made : sd_bus_message_append(raw, signature, arguments...);
    if (result < 0) {
        return fail(Exit::unreachable,
                    sentence_of(result, fmt::format("{} can not be called", member.name)));
    }
    return send(raw);
}

Outcome<AgentClient::Message> AgentClient::send(sd_bus_message* message, Duration wait) {
    BusError error;
    sd_bus_message* raw = nullptr;
    const int result =
        sd_bus_call(bus_.get(), message, patience_usec + usec_of(wait), error.get(), &raw);
    Message reply(raw);
    if (result >= 0) {
        return reply;
    }
    const std::string sentence =
        error.get()->message == nullptr ? sentence_of(result, "call") : error.get()->message;
    if (means_unreachable(*error.get(), -result)) {
        return fail(Exit::unreachable, "the agent does not answer: " + sentence);
    }
    return fail(Exit::refused, printable(sentence, longest_sentence));
}

Outcome<World> AgentClient::look() {
    const Outcome<Message> properties =
        call({.path = root, .interface = "org.freedesktop.DBus.Properties", .name = "GetAll"},
             "s",
             manager);
    if (!properties) {
        return std::unexpected(properties.error());
    }
    const Outcome<Message> objects = call({.path = root,
                                           .interface = "org.freedesktop.DBus.ObjectManager",
                                           .name = "GetManagedObjects"},
                                          "");
    if (!objects) {
        return std::unexpected(objects.error());
    }
    return world_from(to_json(properties->get()), to_json(objects->get()));
}

Outcome<> AgentClient::set_terms(std::uint32_t pid, const ProcessTerms& terms) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        bus_.get(), &raw, service, root, manager, "SetProcessProperties");
    const Message message(raw);
    result = result < 0 ? result : sd_bus_message_append(raw, "ut", pid, any_incarnation);
    result = result < 0 ? result : sd_bus_message_open_container(raw, 'a', "{sv}");
    result = result < 0 ? result : append_terms(raw, terms);
    result = result < 0 ? result : sd_bus_message_close_container(raw);
    if (result < 0) {
        return fail(Exit::unreachable,
                    sentence_of(result, "SetProcessProperties can not be called"));
    }
    const Outcome<Message> done = send(raw);
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<std::string> AgentClient::path_of(std::uint32_t pid) {
    const Outcome<Message> found =
        call({.path = root, .interface = manager, .name = "GetProcess"}, "u", pid);
    if (!found) {
        return std::unexpected(found.error());
    }
    const char* path = nullptr;
    if (sd_bus_message_read(found->get(), "o", &path) < 0) {
        return fail(Exit::refused, "GetProcess answered without an object path");
    }
    return path;
}

Outcome<> AgentClient::reset_terms(std::uint32_t pid) {
    const Outcome<std::string> path = path_of(pid);
    if (!path) {
        return std::unexpected(path.error());
    }
    const Outcome<Message> done =
        call({.path = *path, .interface = process, .name = "ResetProperties"}, "");
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<> AgentClient::preempt(std::uint32_t pid, Duration longest) {
    const Outcome<std::string> path = path_of(pid);
    if (!path) {
        return std::unexpected(path.error());
    }
    const Outcome<Message> done = call({.path = *path, .interface = process, .name = "Preempt"},
                                       "ts",
                                       usec_of(longest),
                                       "penstockctl");
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<> AgentClient::resume(std::uint32_t pid) {
    const Outcome<std::string> path = path_of(pid);
    if (!path) {
        return std::unexpected(path.error());
    }
    const Outcome<Message> done = call({.path = *path, .interface = process, .name = "Resume"}, "");
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<AgentClient::QueuePlace> AgentClient::place_of(std::uint32_t pid,
                                                       const QueueChoice& queue) {
    const Outcome<std::string> path = path_of(pid);
    if (!path) {
        return std::unexpected(path.error());
    }
    if (queue.gpu_id) {
        return QueuePlace{.path = *path, .gpu_id = *queue.gpu_id};
    }
    const Outcome<Message> listed =
        call({.path = *path, .interface = process, .name = "ListQueues"}, "");
    if (!listed) {
        return std::unexpected(listed.error());
    }
    for (const nlohmann::json& row : to_json(listed->get())) {
        const bool whole = row.is_array() && row.size() >= 2 && row[0].is_number_unsigned();
        if (whole && row[1] == queue.number) {
            return QueuePlace{.path = *path, .gpu_id = row[0].get<std::uint32_t>()};
        }
    }
    return fail(Exit::refused, fmt::format("process {} has no queue {}", pid, queue.number));
}

Outcome<> AgentClient::preempt_queue(std::uint32_t pid,
                                     const QueueChoice& queue,
                                     Duration longest) {
    const Outcome<QueuePlace> place = place_of(pid, queue);
    if (!place) {
        return std::unexpected(place.error());
    }
    const Outcome<Message> done =
        call({.path = place->path, .interface = process, .name = "PreemptQueue"},
             "uuts",
             place->gpu_id,
             queue.number,
             usec_of(longest),
             "penstockctl");
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<> AgentClient::resume_queue(std::uint32_t pid, const QueueChoice& queue) {
    const Outcome<QueuePlace> place = place_of(pid, queue);
    if (!place) {
        return std::unexpected(place.error());
    }
    const Outcome<Message> done =
        call({.path = place->path, .interface = process, .name = "ResumeQueue"},
             "uu",
             place->gpu_id,
             queue.number);
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<std::uint32_t> AgentClient::resume_all() {
    const Outcome<Message> done =
        call({.path = root, .interface = manager, .name = "ResumeAll"}, "");
    if (!done) {
        return std::unexpected(done.error());
    }
    std::uint32_t queues = 0;
    if (sd_bus_message_read(done->get(), "u", &queues) < 0) {
        return fail(Exit::refused, "ResumeAll answered without a number");
    }
    return queues;
}

Outcome<nlohmann::json> AgentClient::reload() {
    const Outcome<Message> done = call({.path = root, .interface = manager, .name = "Reload"}, "");
    return done ? Outcome<nlohmann::json>(to_json(done->get())) : std::unexpected(done.error());
}

Outcome<Fd> AgentClient::dump() {
    const Outcome<Message> done =
        call({.path = root, .interface = manager, .name = "DumpState"}, "");
    return done ? descriptor_in(*done, "DumpState") : std::unexpected(done.error());
}

Outcome<Fd> AgentClient::descriptor_in(const Message& answer, const char* member) {
    int number = -1;  // The message's own.
    if (sd_bus_message_read_basic(answer.get(), 'h', &number) < 0) {
        return fail(Exit::refused, fmt::format("{} answered without a descriptor", member));
    }
    Result<Fd> file = owned(::fcntl(number, F_DUPFD_CLOEXEC, 0), "keep what the agent answered");
    if (!file) {
        return fail(Exit::refused, file.error().message());
    }
    return *std::move(file);
}

Outcome<Fd> AgentClient::open_history(TimePoint from, Duration step) {
    const Outcome<Message> got = call({.path = root, .interface = manager, .name = "OpenHistory"},
                                      "tta{sv}",
                                      usec_of(from.time_since_epoch()),
                                      std::uint64_t{0},
                                      1,
                                      "step-usec",
                                      "t",
                                      usec_of(step));
    return got ? descriptor_in(*got, "OpenHistory") : std::unexpected(got.error());
}

Outcome<nlohmann::json> AgentClient::property(const char* name) {
    const Outcome<Message> got =
        call({.path = root, .interface = "org.freedesktop.DBus.Properties", .name = "Get"},
             "ss",
             manager,
             name);
    return got ? Outcome<nlohmann::json>(to_json(got->get())) : std::unexpected(got.error());
}

Outcome<nlohmann::json> AgentClient::history(const std::string& series,
                                             TimePoint from,
                                             Duration step) {
    const Outcome<Message> got = call({.path = root, .interface = manager, .name = "GetHistory"},
                                      "sttta{sv}",
                                      series.c_str(),
                                      usec_of(from.time_since_epoch()),
                                      std::uint64_t{0},
                                      usec_of(step),
                                      0);
    return got ? Outcome<nlohmann::json>(to_json(got->get())) : std::unexpected(got.error());
}

}  // namespace penstock::ctl
