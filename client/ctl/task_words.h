// SPDX-License-Identifier: Apache-2.0
//
// Task words: the verb `register` of the command line.

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/ctl/invocation.h"

namespace penstock::ctl {

// What CLI11 writes into, and what was meant by it. It has to live as long as the parsing.
class TaskWords {
  public:
    void add_to(CLI::App& app);

    [[nodiscard]] Outcome<Verb> verb() const;

  private:
    std::string pid_{};
    std::string job_{};
    std::string user_{};
    std::vector<std::string> terms_{};
};

}  // namespace penstock::ctl
