// SPDX-License-Identifier: Apache-2.0
//
// Policy words: the verb `policy` of the command line, with its four actions.

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/ctl/invocation.h"

namespace penstock::ctl {

// What CLI11 writes into, and what was meant by it. It has to live as long as the parsing.
class PolicyWords {
  public:
    void add_to(CLI::App& app);

    [[nodiscard]] Outcome<Verb> verb() const;

  private:
    [[nodiscard]] Outcome<Verb> set() const;
    [[nodiscard]] Outcome<Verb> explain() const;

    std::string action_{};
    std::vector<std::string> rest_{};
    bool json_ = false;
};

}  // namespace penstock::ctl
