// SPDX-License-Identifier: Apache-2.0

#include "client/examples/split_inference/options.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/notation.h"

namespace penstock::split_inference {
namespace {

constexpr std::uint32_t longest_token_ms = 1000;

struct Words {
    std::string rate = "25G";
    std::uint32_t token_ms = 20;
};

void add_to(CLI::App& app, Options& options, Words& words) {
    const std::map<std::string, Side> sides{{"graphics", Side::graphics},
                                            {"processors", Side::processors}};
    const std::map<std::string, Control> controls{
        {"none", Control::none}, {"token", Control::token}, {"leases", Control::leases}};
    app.add_option("--side", options.side, "graphics or processors")
        ->transform(CLI::CheckedTransformer(sides))
        ->required();
    app.add_option("--control", options.control, "none, token or leases")
        ->transform(CLI::CheckedTransformer(controls));
    app.add_option("--name", options.name, "What the process calls itself")->required();
    app.add_option("--rate", words.rate, "What it moves in a second, alone")->capture_default_str();
    app.add_option("--token-ms", words.token_ms, "For a token of text, alone")
        ->check(CLI::Range(1U, longest_token_ms))
        ->capture_default_str();
    app.add_option("--lease-class", options.lease_class, "critical, normal, stream or background");
    app.add_option("--bus", options.bus, "system, session or a D-Bus address")
        ->capture_default_str();
    app.add_option("--memory", options.memory, "The emulated machine's emulator/memory")
        ->required();
    app.add_option("--kfd", options.kfd, "The device file")->capture_default_str();
    app.add_option("--sysfs", options.sysfs, "Where the topology is")->capture_default_str();
    app.add_option("--log", options.log, "Where to write each token's times at the end");
}

}  // namespace

std::expected<Options, int> parse_options(int count, char** arguments) {
    Options options;
    Words words;
    CLI::App app("One side of a split inference: a loop of tokens whose operations move memory.");
    add_to(app, options, words);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error));
    }
    const Result<BytesPerSecond> rate = parse_bandwidth(words.rate);
    if (!rate || rate->value == 0) {
        std::fprintf(stderr, "--rate is not a number of bytes per second such as 25G\n");
        return std::unexpected(2);
    }
    options.rate = rate->value;
    options.token = std::chrono::milliseconds(words.token_ms);
    return options;
}

}  // namespace penstock::split_inference
