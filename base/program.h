// SPDX-License-Identifier: Apache-2.0
//
// Program: the last resort of a program's main(). What is thrown ends it in order, so that every
// destructor runs, with a sentence and a status.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace penstock {

// `name` is the program's, `work` returns its exit status.
template <typename Work>
int run_program(const char* name, Work work) noexcept {
    try {
        return work();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return EXIT_FAILURE;
    }
}

}  // namespace penstock
