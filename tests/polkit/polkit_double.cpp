// SPDX-License-Identifier: Apache-2.0
//
// Stands in for polkit on a private bus. It answers as the word in a file says ("yes", "no",
// "challenge", "error", "garbage", or "hold" until another word is there), and prints each question
// and each cancellation.

#include <systemd/sd-event.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "agent/publish/connection.h"

namespace {

using penstock::dbus::Connection;
using penstock::dbus::Message;
using penstock::dbus::Releases;

constexpr std::uint64_t look_again_usec = 10'000;

class Double {
  public:
    explicit Double(std::string file) : file_(std::move(file)) {}

    // Not a vtable: sd-bus would not send an answer that has another signature than it says.
    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        if (sd_bus_message_is_method_call(message, authority, "CheckAuthorization") > 0) {
            return static_cast<Double*>(userdata)->check(message);
        }
        if (sd_bus_message_is_method_call(message, authority, "CancelCheckAuthorization") > 0) {
            return cancel(message);
        }
        return 0;
    }

    static int on_time(sd_event_source* timer, std::uint64_t now, void* userdata) {
        static_cast<Double*>(userdata)->answer_held();
        sd_event_source_set_time(timer, now + look_again_usec);
        return sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
    }

  private:
    static constexpr const char* authority = "org.freedesktop.PolicyKit1.Authority";

    static int cancel(sd_bus_message* message) {
        const char* ticket = "";
        sd_bus_message_read(message, "s", &ticket);
        std::printf("cancel %s\n", ticket);
        std::fflush(stdout);
        return sd_bus_reply_method_return(message, "");
    }

    [[nodiscard]] std::string word() const {
        std::string word = "no";
        std::ifstream(file_) >> word;
        return word;
    }

    int check(sd_bus_message* message) {
        const char* kind = "";
        const char* name = "";
        const char* action = "";
        const char* ticket = "";
        std::uint32_t flags = 0;
        sd_bus_message_enter_container(message, 'r', "sa{sv}");
        sd_bus_message_read(message, "s", &kind);
        sd_bus_message_enter_container(message, 'a', "{sv}");
        sd_bus_message_enter_container(message, 'e', "sv");
        sd_bus_message_skip(message, "s");
        sd_bus_message_read(message, "v", "s", &name);
        sd_bus_message_exit_container(message);
        sd_bus_message_exit_container(message);
        sd_bus_message_exit_container(message);
        sd_bus_message_read(message, "s", &action);
        sd_bus_message_skip(message, "a{ss}");
        sd_bus_message_read(message, "us", &flags, &ticket);
        std::printf("check %s %s %s %u %s\n", kind, name, action, flags, ticket);
        std::fflush(stdout);
        held_.emplace_back(sd_bus_message_ref(message));
        answer_held();
        return 1;
    }

    void answer_held() {
        const std::string now = word();
        if (now == "hold") {
            return;
        }
        for (const Message& message : held_) {
            answer(message.get(), now);
        }
        held_.clear();
    }

    static void answer(sd_bus_message* message, const std::string& word) {
        if (word == "error") {
            sd_bus_reply_method_errorf(message, "org.freedesktop.PolicyKit1.Error.Failed", "no");
        } else if (word == "garbage") {
            sd_bus_reply_method_return(message, "s", "yes");
        } else {
            sd_bus_reply_method_return(
                message, "(bba{ss})", word == "yes" ? 1 : 0, word == "challenge" ? 1 : 0, 0);
        }
    }

    std::string file_;
    std::vector<Message> held_{};
};

int serve(const std::string& address, const std::string& file) {
    const penstock::Result<Connection> bus = penstock::dbus::connect(address);
    if (!bus) {
        std::fprintf(stderr, "%s\n", bus.error().message().c_str());
        return EXIT_FAILURE;
    }
    Double stand_in(file);
    sd_event* raw = nullptr;
    sd_event_default(&raw);
    const std::unique_ptr<sd_event, Releases<&sd_event_unref>> event(raw);
    sd_event_source* timer = nullptr;
    sd_event_add_time_relative(
        raw, &timer, CLOCK_MONOTONIC, look_again_usec, 1, &Double::on_time, &stand_in);
    sd_bus_add_object(bus->get(),
                      nullptr,
                      "/org/freedesktop/PolicyKit1/Authority",
                      &Double::on_message,
                      &stand_in);
    sd_bus_attach_event(bus->get(), raw, 0);
    if (sd_bus_request_name(bus->get(), "org.freedesktop.PolicyKit1", 0) < 0) {
        return EXIT_FAILURE;
    }
    std::printf("ready\n");
    std::fflush(stdout);
    const int status = sd_event_loop(raw);
    sd_event_source_unref(timer);
    return status;
}

}  // namespace

int main(int count, char** words) {
    std::string address;
    std::string file;
    CLI::App app("Answers in the place of polkit.");
    app.add_option("--bus", address)->required();
    app.add_option("--answers", file)->required();
    CLI11_PARSE(app, count, words);
    return serve(address, file);
}
