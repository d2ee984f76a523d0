// SPDX-License-Identifier: Apache-2.0
//
// Trace words: the verb `trace` of the command line.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "client/ctl/invocation.h"

namespace penstock::ctl {

// What CLI11 writes into, and what was meant by it. It has to live as long as the parsing.
class TraceWords {
  public:
    void add_to(CLI::App& app);

    [[nodiscard]] Outcome<Verb> verb() const;

  private:
    std::string file_{};
    std::uint32_t seconds_ = 0;
};

}  // namespace penstock::ctl
