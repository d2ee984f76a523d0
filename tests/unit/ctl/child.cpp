// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/ctl/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace penstock::test {
namespace {

struct Pipe {
    Fd reading{};
    Fd writing{};
};

Pipe new_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {Fd(ends[0]), Fd(ends[1])};
}

// Descriptors that become standard input, output and error; -1 keeps the test's own.
pid_t spawn(const std::vector<std::string>& words, const std::array<int, 3>& standard) {
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; ++i) {
        if (standard.at(static_cast<std::size_t>(i)) >= 0) {
            ::posix_spawn_file_actions_adddup2(
                &actions, standard.at(static_cast<std::size_t>(i)), i);
        }
    }
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t pid = -1;
    EXPECT_EQ(::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ), 0)
        << words[0];
    ::posix_spawn_file_actions_destroy(&actions);
    return pid;
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4096> part{};
    ssize_t length = 0;
    while ((length = ::read(descriptor, part.data(), part.size())) > 0) {
        text.append(part.data(), static_cast<std::size_t>(length));
    }
    return text;
}

int status_of(pid_t pid) {
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Child::Child(const std::vector<std::string>& words) {
    Pipe input = new_pipe();
    Pipe output = new_pipe();
    pid_ = spawn(words, {input.reading.get(), output.writing.get(), -1});
    input_ = std::move(input.writing);
    output_ = std::move(output.reading);
}

Child::~Child() {
    if (pid_ > 0) {
        ::kill(pid_, SIGTERM);
        status_of(pid_);
    }
}

void Child::end_input() {
    input_.reset();
    status_of(std::exchange(pid_, -1));
}

std::string Child::read_line() {
    std::string line;
    char letter = 0;
    while (::read(output_.get(), &letter, 1) == 1 && letter != '\n') {
        line += letter;
    }
    return line;
}

Ended run_to_end(const std::vector<std::string>& words) {
    Pipe output = new_pipe();
    Pipe errors = new_pipe();
    const pid_t pid = spawn(words, {-1, output.writing.get(), errors.writing.get()});
    output.writing.reset();
    errors.writing.reset();
    // Both stay far below what a pipe holds, so that reading one after the other can not block.
    Ended ended;
    ended.output = read_all(output.reading.get());
    ended.errors = read_all(errors.reading.get());
    ended.status = status_of(pid);
    return ended;
}

}  // namespace penstock::test
