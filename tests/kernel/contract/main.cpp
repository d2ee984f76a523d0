// SPDX-License-Identifier: Apache-2.0
//
// Contract probe: calls the driver in every way that needs no device, and prints a line per call:
// its name and what came of it. Two drivers that keep the same contract print the same lines.

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/kernel/contract/stage.h"

namespace {

using namespace penstock;
using namespace penstock::contract;

constexpr unsigned longest_case_s = 20;

[[noreturn]] void play(const Case& one, const std::string& path, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(longest_case_s);
    std::string text;
    {
        Stage stage(path);
        text = one.play(stage);
    }
    text = text.empty() ? "nothing" : text;
    static_cast<void>(::write(output, text.data(), text.size()));
    ::_exit(0);
}

// The other end closes only when the case's process and all its subjects are gone.
std::string read_all(int input) {
    std::string text;
    std::array<char, 4096> part{};
    ssize_t got = 0;
    while ((got = ::read(input, part.data(), part.size())) > 0) {
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::string outcome(const Case& one, const std::string& path) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return "no pipe";
    }
    const Fd input(ends[0]);
    Fd output(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) {
        play(one, path, output.get());
    }
    output.reset();
    const std::string text = read_all(input.get());
    ::waitpid(child, nullptr, 0);
    return text.empty() ? "never ended" : text;
}

}  // namespace

int main(int count, char** words) {
    if (count == 4 && std::string_view(words[1]) == "--executed") {
        std::fputs(after_execution(words[2], std::atoi(words[3])).c_str(), stdout);
        return 0;
    }
    if (count < 2) {
        std::fprintf(stderr, "usage: contract_probe KFD [NAME-PREFIX]\n");
        return 2;
    }
    const std::string prefix = count > 2 ? words[2] : "";
    for (const auto& family : {file_cases,
                               exec_cases,
                               number_cases,
                               event_cases,
                               queue_cases,
                               runtime_cases,
                               debug_state_cases,
                               debug_argument_cases,
                               criu_cases}) {
        for (const Case& one : family()) {
            if (one.name.starts_with(prefix)) {
                std::printf("%s %s\n", one.name.c_str(), outcome(one, words[1]).c_str());
                std::fflush(stdout);
            }
        }
    }
    return 0;
}
