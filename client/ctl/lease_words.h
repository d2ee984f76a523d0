// SPDX-License-Identifier: Apache-2.0
//
// Lease words: the verb `lease` of the command line, with its two actions.

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/ctl/invocation.h"

namespace penstock::ctl {

// What CLI11 writes into, and what was meant by it. It has to live as long as the parsing.
class LeaseWords {
  public:
    void add_to(CLI::App& app);

    // What stands behind "--" of `lease` is the command's own, whatever it looks like.
    void take_command(std::vector<std::string>& arguments);

    [[nodiscard]] Outcome<Verb> verb() const;

  private:
    [[nodiscard]] Outcome<Verb> acquire() const;

    std::string action_{};
    std::vector<std::string> rest_{};
    std::vector<std::string> command_{};
    std::string target_ = "/";
    std::string least_{};
    std::string wait_{};
    std::string class_{};
    std::string why_{};
    bool exclusive_ = false;
    bool insist_ = false;
    bool json_ = false;
};

}  // namespace penstock::ctl
