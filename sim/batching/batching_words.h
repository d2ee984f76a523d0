// SPDX-License-Identifier: Apache-2.0
//
// Batching words: the command line of the batching simulator.

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/batching/batching_verb.h"

namespace penstock::sim {

struct BatchingWords {
    Batching batching{};
    std::string arrivals{};
    std::string scales{};
    bool compare = false;
    bool capacity = false;

    CLI::App* add_to(CLI::App& app);

    // Of what has been parsed.
    Result<Batching> verb();

  private:
    void add_tasks(CLI::App& verb);
};

}  // namespace penstock::sim
