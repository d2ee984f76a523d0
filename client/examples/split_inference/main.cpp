// SPDX-License-Identifier: Apache-2.0
//
// penstock-split-inference: one side of an inference that is split between graphics and processors
// which share their memory. Tokens of text come one after the other, each by the operations of a
// transformer's layer.

#include <fmt/format.h>
#include <sys/prctl.h>

#include <fstream>
#include <vector>

#include "base/clock.h"
#include "base/journal.h"
#include "client/examples/split_inference/graphics.h"
#include "client/examples/split_inference/options.h"
#include "client/examples/split_inference/processors.h"
#include "client/examples/split_inference/turns.h"

namespace penstock::split_inference {
namespace {

struct Token {
    TimePoint began{};
    TimePoint ended{};
};

constexpr std::size_t longest_log = 1'000'000;

Result<> one_operation(
    const Options& options, std::size_t number, Turns& turns, Mover& mover, StopSignal& stop) {
    const Operation& operation = operations.at(number);
    const std::uint64_t bytes = options.bytes_of_a_part() * operation.parts;
    if (Result<> begun = turns.begin(operation.kind, bytes); !begun) {
        return begun;
    }
    const Result<> moved = mover.move(number, turns.rate(), stop);
    turns.end();
    return moved && options.control == Control::token ? mover.rest() : moved;
}

Result<> one_token(const Options& options, Turns& turns, Mover& mover, StopSignal& stop) {
    for (std::size_t number = 0; number < operations.size(); ++number) {
        Result<> done = one_operation(options, number, turns, mover, stop);
        if (!done || stop.wait_until(TimePoint())) {
            return done;
        }
    }
    return {};
}

Result<std::unique_ptr<Mover>> open_mover(const Options& options) {
    if (options.side == Side::processors) {
        return std::make_unique<Processors>(
            options.name, options.memory, options.bytes_of_a_part());
    }
    Result<std::unique_ptr<Graphics>> graphics = Graphics::open(options);
    if (!graphics) {
        return std::unexpected(std::move(graphics).error());
    }
    return *std::move(graphics);
}

Result<> write_log(const std::string& path, const std::vector<Token>& tokens) {
    std::ofstream file(path);
    for (const Token& token : tokens) {
        file << fmt::format(
            "{{\"began_ns\":{},\"ended_ns\":{}}}\n", to_ns(token.began), to_ns(token.ended));
    }
    return file.flush() ? Result<>() : Result<>(fail(EIO, "write " + path));
}

Result<> run(const Options& options) {
    StopSignal stop;
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    ::prctl(PR_SET_NAME, options.name.c_str(), 0UL, 0UL, 0UL);
    const Result<std::unique_ptr<Mover>> mover = open_mover(options);
    if (!mover) {
        return std::unexpected(mover.error());
    }
    const Result<std::unique_ptr<Turns>> turns = Turns::open(options);
    if (!turns) {
        return std::unexpected(turns.error());
    }
    fmt::print("ready\n");
    std::fflush(stdout);
    std::vector<Token> tokens;
    while (!stop.wait_until(TimePoint()) && tokens.size() < longest_log) {
        const TimePoint began = monotonic_now();
        if (Result<> done = one_token(options, **turns, **mover, stop); !done) {
            return done;
        }
        tokens.push_back({.began = began, .ended = monotonic_now()});
    }
    if (!tokens.empty()) {
        tokens.pop_back();  // The signal has cut it short.
    }
    return options.log.empty() ? Result<>() : write_log(options.log, tokens);
}

}  // namespace
}  // namespace penstock::split_inference

int main(int count, char** arguments) {
    const auto options = penstock::split_inference::parse_options(count, arguments);
    if (!options) {
        return options.error();
    }
    if (const penstock::Result<> done = penstock::split_inference::run(*options); !done) {
        penstock::journal(penstock::Severity::error, done.error().message());
        return 1;
    }
    return 0;
}
