// SPDX-License-Identifier: Apache-2.0
//
// AgentClient, continued: calls that hand in a descriptor.

#include "client/ctl/agent_client.h"
#include "client/ctl/agent_names.h"
#include "client/ctl/term_entries.h"

namespace penstock::ctl {

Outcome<> AgentClient::register_task(const Fd& pidfd, const TaskOfJob& task) {
    const Message message = begin("RegisterTask");
    int result = sd_bus_message_append(message.get(), "h", pidfd.get());
    result = result < 0 ? result : sd_bus_message_open_container(message.get(), 'a', "{sv}");
    result = result < 0
                 ? result
                 : sd_bus_message_append(message.get(), "{sv}", "JobId", "s", task.job.c_str());
    if (!task.user.empty() && result >= 0) {
        result = sd_bus_message_append(message.get(), "{sv}", "JobUser", "s", task.user.c_str());
    }
    result = result < 0 ? result : append_terms(message.get(), task.terms);
    result = result < 0 ? result : sd_bus_message_close_container(message.get());
    if (result < 0) {
        return fail(Exit::unreachable, "RegisterTask can not be called");
    }
    const Outcome<Message> done = send(message.get());
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<std::uint64_t> AgentClient::start_trace(const Fd& socket) {
    const Message message = begin("StartTrace");
    if (sd_bus_message_append(message.get(), "hsa{sv}", socket.get(), "chrome", 0) < 0) {
        return fail(Exit::unreachable, "StartTrace can not be called");
    }
    const Outcome<Message> done = send(message.get());
    if (!done) {
        return std::unexpected(done.error());
    }
    std::uint64_t trace = 0;
    if (sd_bus_message_read(done->get(), "t", &trace) < 0) {
        return fail(Exit::refused, "StartTrace answered without a number");
    }
    return trace;
}

Outcome<> AgentClient::stop_trace(std::uint64_t trace) {
    const Message message = begin("StopTrace");
    if (sd_bus_message_append(message.get(), "t", trace) < 0) {
        return fail(Exit::unreachable, "StopTrace can not be called");
    }
    const Outcome<Message> done = send(message.get());
    return done ? Outcome<>{} : std::unexpected(done.error());
}

}  // namespace penstock::ctl
