// SPDX-License-Identifier: Apache-2.0
//
// Child: a program started by a test, with its output, ended with the test.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"

namespace penstock::test {

struct Ended {
    int status = -1;  // Exit status; -1 when a signal ended it.
    std::string output{};
    std::string errors{};
};

// A program that runs beside the test until the end of its scope.
class Child {
  public:
    // Its standard input is a pipe that ends with the scope; its standard output can be read.
    explicit Child(const std::vector<std::string>& words);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // The next line of its output, or what came of it until its end.
    std::string read_line();

    // Closes its input and output, and waits for its end.
    void end_input();

  private:
    pid_t pid_ = -1;
    Fd input_{};
    Fd output_{};
};

// Runs a program to its end.
Ended run_to_end(const std::vector<std::string>& words);

}  // namespace penstock::test
