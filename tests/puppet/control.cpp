// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/control.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace penstock::puppet {
namespace {

constexpr std::size_t longest_command = 256;

Fd attached_to(msghdr& message) {
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
        return {};
    }
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof(number));
    return Fd(number);
}

}  // namespace

long Command::number(std::size_t index) const {
    return parse_number<long>(word(index)).value_or(0);
}

std::string Command::word(std::size_t index) const {
    return index < words.size() ? words[index] : std::string();
}

std::optional<Command> Control::next() const {
    std::array<char, longest_command> bytes{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> rights{};
    iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = rights.data();
    message.msg_controllen = rights.size();
    ssize_t count = -1;
    do {
        count = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) {
        return std::nullopt;
    }
    Command command{.attached = attached_to(message)};
    const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
    for (const std::string_view word : split(text, ' ')) {
        command.words.emplace_back(word);
    }
    return command;
}

void Control::answer(const std::string& text) const {
    // A test that is gone hears nothing; the next command's absence ends us.
    static_cast<void>(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
}

}  // namespace penstock::puppet
