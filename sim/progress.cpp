// SPDX-License-Identifier: Apache-2.0

#include "sim/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace penstock::sim {

void show_progress_of(std::string_view what, std::size_t done, std::size_t all) {
    constexpr std::size_t width = 40;
    if (::isatty(STDERR_FILENO) == 0) {
        return;
    }
    const std::size_t filled = width * done / all;
    fmt::print(
        stderr, "\r[{:#<{}}{:.<{}}] {}/{} {}", "", filled, "", width - filled, done, all, what);
    if (done == all) {
        fmt::print(stderr, "\r\033[K");
    }
    std::fflush(stderr);
}

void show_progress(std::size_t done, std::size_t all) {
    show_progress_of("runs", done, all);
}

}  // namespace penstock::sim
