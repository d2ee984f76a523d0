// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/agent_link.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/clock.h"

namespace penstock::gate {
namespace {

constexpr Duration suspend_report_delay = std::chrono::milliseconds(5);
constexpr Duration retry_pause = std::chrono::milliseconds(5);

TimePoint due_of(const wire::FromGate& message) {
    const auto* acted = std::get_if<wire::Acted>(&message);
    if (acted == nullptr || acted->verb == Verb::resume) {
        return TimePoint{};
    }
    return from_ns(acted->done_ns) + suspend_report_delay;
}

// Hello brings two; whoever sends more gets them closed.
constexpr std::size_t most_descriptors = 4;

// Every descriptor is owned from here on, wanted or not.
std::vector<Fd> descriptors_of(msghdr& message) {
    std::vector<Fd> found;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(header) + (i * sizeof(int)), sizeof(int));
            found.emplace_back(number);
        }
    }
    return found;
}

}  // namespace

AgentLink::AgentLink(Fd socket) : socket_(std::move(socket)), buffer_(wire::longest_message) {
    waiting_.reserve(64);
}

Result<std::optional<AgentLink::Packet>> AgentLink::receive() {
    iovec part{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t length = -1;
    while ((length = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) < 0) {
        if (errno == EAGAIN) {
            return std::nullopt;
        }
        if (errno != EINTR) {
            return fail(errno, "receive from the agent");
        }
    }
    if (length == 0) {
        return fail("the agent has hung up");
    }
    // A longer message was cut: it fails to decode, which is reported.
    return Packet{
        .bytes = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(length)),
        .attached = descriptors_of(message)};
}

void AgentLink::report(const wire::FromGate& message) {
    if (waiting_.size() >= most_waiting) {
        ++lost_;
        return;
    }
    waiting_.push_back(message);
    const TimePoint due = due_of(message);
    due_ = due_ ? std::min(*due_, due) : due;
}

void AgentLink::flush() {
    std::size_t sent = 0;
    while (sent < waiting_.size() && send(waiting_[sent])) {
        ++sent;
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(sent));
    due_.reset();
    if (!waiting_.empty()) {
        due_ = monotonic_now() + retry_pause;  // The agent does not read: no reason to spin.
    }
    if (lost_ > 0 && waiting_.empty()) {
        const std::uint64_t lost = std::exchange(lost_, 0);
        report(wire::Said{
            .severity = 4,
            .line = std::to_string(lost) + " reports were lost: the agent did not read"});
    }
}

// True also when the agent is gone: then nobody is left to be told.
bool AgentLink::send(const wire::FromGate& message) {
    const std::vector<std::byte> bytes = wire::encode(message);
    while (::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN || errno == ENOBUFS) {
            return false;
        }
        if (errno != EINTR) {
            return true;
        }
    }
    return true;
}

}  // namespace penstock::gate
