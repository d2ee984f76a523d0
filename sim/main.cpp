// SPDX-License-Identifier: Apache-2.0
//
// penstock-sim: the agent's sources and decisions without the machine.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "sim/verbs.h"

namespace penstock::sim {
namespace {

constexpr int usage_error = 2;
constexpr std::size_t longest_sentence = 1024;

int ended(const Error& error, int status) {
    fmt::print(stderr, "penstock-sim: {}\n", printable(error.message(), longest_sentence));
    return status;
}

int main(std::vector<std::string> arguments) {
    const auto parsed = parse(std::move(arguments));
    if (!parsed) {
        return ended(parsed.error(), usage_error);
    }
    if (const auto* answered = std::get_if<Answered>(&*parsed)) {
        fmt::print("{}", answered->text);
        return EXIT_SUCCESS;
    }
    const Result<> done =
        std::visit([](const auto& verb) { return run(verb); }, std::get<Verb>(*parsed));
    return done ? EXIT_SUCCESS : ended(done.error(), EXIT_FAILURE);
}

}  // namespace
}  // namespace penstock::sim

int main(int count, char** words) {
    return penstock::sim::main({words + 1, words + count});
}
