// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/text.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

constexpr std::size_t longest_line = 2048;
constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

Outcome<std::string> text_in(const Fd& file) {
    std::string text;
    std::array<char, 65536> piece{};
    while (text.size() < most_bytes) {
        const ssize_t count = ::read(file.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(Exit::refused,
                        Error{.code = errno, .doing = "read the agent's state"}.message());
        }
        if (count == 0) {
            break;
        }
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace

Outcome<> run(AgentClient& agent, const Dump& /*verb*/) {
    const Outcome<Fd> file = agent.dump();
    if (!file) {
        return std::unexpected(file.error());
    }
    const Outcome<std::string> text = text_in(*file);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::string_view rest = *text;
    rest.remove_suffix(rest.ends_with('\n') ? 1 : 0);
    for (const std::string_view line : split(rest, '\n')) {
        fmt::print("{}\n", printable(line, longest_line));
    }
    return {};
}

}  // namespace penstock::ctl
