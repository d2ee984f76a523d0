// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/publish/bus_pair.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

namespace penstock::test {
namespace {

// A loop that stands still for so long is a failed test, not a slow machine.
constexpr std::uint64_t patience_usec = 20'000'000;

dbus::Connection end_of_pair(int descriptor, bool server) {
    sd_bus* raw = nullptr;
    EXPECT_GE(sd_bus_new(&raw), 0);
    EXPECT_GE(sd_bus_set_fd(raw, descriptor, descriptor), 0);
    if (server) {
        sd_id128_t id{};
        EXPECT_GE(sd_id128_randomize(&id), 0);
        EXPECT_GE(sd_bus_set_server(raw, 1, id), 0);
    }
    EXPECT_GE(sd_bus_start(raw), 0);
    return dbus::Connection(raw);
}

std::vector<std::string> names_in(sd_bus_message* message) {
    std::vector<std::string> names;
    const char* name = nullptr;
    sd_bus_message_skip(
        message, sd_bus_message_is_signal(message, nullptr, "PropertiesChanged") > 0 ? "s" : "o");
    const bool plain = sd_bus_message_is_signal(message, nullptr, "InterfacesRemoved") > 0;
    sd_bus_message_enter_container(message, 'a', nullptr);
    while (plain ? sd_bus_message_read(message, "s", &name) > 0
                 : sd_bus_message_enter_container(message, 'e', nullptr) > 0) {
        if (!plain) {
            sd_bus_message_read(message, "s", &name);
            const char* contents = nullptr;
            char type = 0;
            sd_bus_message_peek_type(message, &type, &contents);
            sd_bus_message_skip(message, type == 'v' ? "v" : "a{sv}");
            sd_bus_message_exit_container(message);
        }
        names.emplace_back(name);
    }
    return names;
}

std::string array_text(sd_bus_message* message, char type, const char* contents) {
    std::string text;
    sd_bus_message_enter_container(message, type, contents);
    while (sd_bus_message_at_end(message, 0) == 0) {
        text += (text.empty() ? "" : ", ") + text_at(message);
    }
    sd_bus_message_exit_container(message);
    return type == 'a' ? '[' + text + ']' : '(' + text + ')';
}

template <typename T>
std::string number_text(sd_bus_message* message, char type) {
    T value{};
    sd_bus_message_read_basic(message, type, static_cast<void*>(&value));
    return fmt::format("{}", value);
}

}  // namespace

std::string text_at(sd_bus_message* message) {
    char type = 0;
    const char* contents = nullptr;
    if (sd_bus_message_peek_type(message, &type, &contents) <= 0) {
        return "(nothing)";
    }
    switch (type) {
        case 'v': {
            sd_bus_message_enter_container(message, 'v', contents);
            std::string text = text_at(message);
            sd_bus_message_exit_container(message);
            return text;
        }
        case 'a':
        case 'r':
            return array_text(message, type, contents);
        case 'b':
            return number_text<int>(message, type) == "0" ? "false" : "true";
        case 'u':
            return number_text<std::uint32_t>(message, type);
        case 'i':
            return number_text<std::int32_t>(message, type);
        case 't':
            return number_text<std::uint64_t>(message, type);
        case 'd':
            return number_text<double>(message, type);
        default:
            return number_text<const char*>(message, type);
    }
}

BusPair::BusPair() {
    sd_event* event = nullptr;
    EXPECT_GE(sd_event_new(&event), 0);
    event_.reset(event);
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    auto service = BusService::serve(end_of_pair(ends[0], true), event, loop);
    EXPECT_TRUE(service);
    service_ = *std::move(service);
    client_ = end_of_pair(ends[1], false);
    EXPECT_GE(sd_bus_attach_event(client_.get(), event, 0), 0);
    EXPECT_GE(sd_bus_add_filter(client_.get(), nullptr, &BusPair::on_signal, this), 0);
    loop.publisher = service_.get();
    service_->following("fixed-priority");
    loop.publish();
    heard();
}

dbus::Message BusPair::new_call(const std::string& path,
                                const char* interface,
                                const char* member) {
    sd_bus_message* raw = nullptr;
    EXPECT_GE(sd_bus_message_new_method_call(
                  client_.get(), &raw, nullptr, path.c_str(), interface, member),
              0);
    return dbus::Message(raw);
}

int BusPair::on_reply(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
    Reply& reply = *static_cast<Reply*>(userdata);
    reply.message.reset(sd_bus_message_ref(message));
    if (const sd_bus_error* error = sd_bus_message_get_error(message); error != nullptr) {
        reply.error_name = error->name;
        reply.error_sentence = error->message;
    }
    return 1;
}

int BusPair::on_signal(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
    std::uint8_t type = 0;
    sd_bus_message_get_type(message, &type);
    if (type != SD_BUS_MESSAGE_SIGNAL || sd_bus_message_get_path(message) == nullptr) {
        return 0;
    }
    Heard heard{.member = sd_bus_message_get_member(message),
                .path = sd_bus_message_get_path(message)};
    if (heard.member == "PropertiesChanged") {
        heard.names = names_in(message);
    } else if (heard.member.starts_with("Interfaces")) {
        const char* path = nullptr;
        sd_bus_message_read(message, "o", &path);
        heard.path = path;
        sd_bus_message_rewind(message, 1);
        heard.names = names_in(message);
    } else {
        heard.path.clear();
        while (sd_bus_message_at_end(message, 0) == 0) {
            heard.names.push_back(text_at(message));
        }
    }
    static_cast<BusPair*>(userdata)->heard_.push_back(std::move(heard));
    return 0;
}

Reply BusPair::exchange(sd_bus_message* message) {
    Reply reply;
    EXPECT_GE(sd_bus_call_async(
                  client_.get(), nullptr, message, &BusPair::on_reply, &reply, patience_usec),
              0);
    while (reply.message == nullptr) {
        if (sd_event_run(event_.get(), patience_usec) <= 0) {
            ADD_FAILURE() << "no answer";
            break;
        }
    }
    return reply;
}

Reply BusPair::get(const std::string& path, const char* interface, const char* property) {
    return call(path, "org.freedesktop.DBus.Properties", "Get", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ss", interface, property);
    });
}

std::string BusPair::get_text(const std::string& path,
                              const char* interface,
                              const char* property) {
    const Reply reply = get(path, interface, property);
    return reply.ok() ? text_at(reply.message.get()) : reply.error_name;
}

Reply BusPair::set(const std::string& path,
                   const char* interface,
                   const char* property,
                   const std::string& type,
                   const std::string& value) {
    return call(path, "org.freedesktop.DBus.Properties", "Set", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ss", interface, property);
        if (type == "i") {
            sd_bus_message_append(message, "v", "i", std::stoi(value));
        } else if (type == "u") {
            sd_bus_message_append(message, "v", "u", static_cast<std::uint32_t>(std::stoul(value)));
        } else if (type == "t") {
            sd_bus_message_append(message, "v", "t", std::uint64_t{std::stoull(value)});
        } else if (type == "d") {
            sd_bus_message_append(message, "v", "d", std::stod(value));
        } else if (type == "b") {
            sd_bus_message_append(message, "v", "b", value == "true" ? 1 : 0);
        } else {
            sd_bus_message_append(message, "v", "s", value.c_str());
        }
    });
}

std::vector<Heard> BusPair::heard() {
    // Messages keep their order, so an answer means that every earlier signal has arrived.
    call("/org/penstock1", "org.freedesktop.DBus.Peer", "Ping");
    return std::exchange(heard_, {});
}

}  // namespace penstock::test
