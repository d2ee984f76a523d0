// SPDX-License-Identifier: Apache-2.0
//
// Memory stream: what programs on all cores get of the real memory, window by window, so that
// somebody else can change the machine between two windows.
//
// Each line of standard input, "read 800" or "copy 800", is a kind and a window in milliseconds,
// and is answered by a line of JSON. The buffer is touched once, before the first line of output,
// and stays; between windows nobody runs.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/neighbours.h"
#include "agent/probes/calibration/processors.h"
#include "agent/probes/calibration/stream_crew.h"
#include "agent/probes/real_machine.h"

namespace penstock::calibration {
namespace {

constexpr std::uint64_t usual_length = 1ULL << 30;

struct Stage {
    std::unique_ptr<StreamCrew> crew{};
    std::size_t cores = 0;
    std::uint64_t buffer_bytes = 0;
};

Result<Stage> staged(Machine& machine) {
    const Result<std::vector<int>> allowed = allowed_processors();
    if (!allowed) {
        return std::unexpected(allowed.error());
    }
    const Result<std::uint64_t> available = available_memory(machine);
    if (!available) {
        return std::unexpected(available.error());
    }
    const NodeCores node = cores_by_node(machine, *allowed).front();
    const Result<std::uint64_t> bytes =
        buffer_bytes_for(last_level_caches(machine, *allowed).together, *available);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    // Virtual machines show small parts of large caches.
    const std::uint64_t length = std::max(*bytes, std::min(usual_length, *available / 8));
    auto crew = StreamCrew::start(node.processors, length);
    if (!crew) {
        return std::unexpected(crew.error());
    }
    return Stage{.crew = *std::move(crew), .cores = node.processors.size(), .buffer_bytes = length};
}

struct Window {
    StreamKind kind{};
    std::chrono::milliseconds length{};
};

std::optional<Window> window_in(std::string_view line) {
    constexpr unsigned longest = 60'000;
    const std::size_t blank = line.find(' ');
    const std::string_view kind = line.substr(0, blank);
    const std::string_view digits = blank == std::string_view::npos ? "" : line.substr(blank + 1);
    unsigned length = 0;
    const auto read = std::from_chars(digits.begin(), digits.end(), length);
    if ((kind != "read" && kind != "copy") || read.ec != std::errc() || read.ptr != digits.end() ||
        length == 0 || length > longest) {
        return std::nullopt;
    }
    return Window{.kind = kind == "read" ? StreamKind::read : StreamKind::copy,
                  .length = std::chrono::milliseconds(length)};
}

// What others took of the processors is told, too: they slow us down as well as the agent.
void play(Machine& machine, Stage& stage, const Window& window) {
    const Neighbours neighbours(machine);
    stage.crew->begin(window.kind, {.first = 0, .count = stage.cores});
    std::this_thread::sleep_for(window.length);
    const double rate = stage.crew->end();
    fmt::print("{}\n",
               nlohmann::json{{"bytes_per_second", rate}, {"others", neighbours.share()}}.dump());
    std::fflush(stdout);
}

int run() {
    RealMachine machine({});
    Result<Stage> stage = staged(machine);
    if (!stage) {
        fmt::print(stderr, "{}\n", stage.error().message());
        return 1;
    }
    fmt::print(
        "{}\n",
        nlohmann::json{{"cores", stage->cores}, {"buffer_bytes", stage->buffer_bytes}}.dump());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        const std::optional<Window> window = window_in(line);
        if (!window) {
            fmt::print(stderr, "expected \"read\" or \"copy\", and 1 to 60000 milliseconds\n");
            return 1;
        }
        play(machine, *stage, *window);
    }
    return 0;
}

}  // namespace
}  // namespace penstock::calibration

int main() {
    return penstock::calibration::run();
}
