// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/lease_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/notation.h"
#include "base/text.h"
#include "client/ctl/duration.h"

namespace penstock::ctl {
namespace {

constexpr std::size_t words_of_acquire = 2;

Outcome<std::uint64_t> rate_of(const std::string& text) {
    const Result<BytesPerSecond> rate = parse_bandwidth(text);
    return rate ? Outcome<std::uint64_t>(rate->value) : fail(Exit::usage, rate.error().message());
}

// Short forms of the objects' paths: "0", "51432".
std::string path_of(const std::string& target, const std::string& resource) {
    if (!parse_number<std::uint32_t>(target)) {
        return target;
    }
    const char* const prefix =
        resource.starts_with("pcie") ? "/org/penstock1/gpu/" : "/org/penstock1/memory/";
    return prefix + target;
}

bool is_path(const std::string& text) {
    return text.starts_with('/') && text == printable(text, text.size()) && !text.contains(' ');
}

}  // namespace

void LeaseWords::add_to(CLI::App& app) {
    CLI::App* lease = app.add_subcommand(
        "lease", "Run a command while it holds a lease of bandwidth, or list the leases");
    lease
        ->add_option("ACTION",
                     action_,
                     "acquire RESOURCE RATE -- COMMAND...: run the command with a lease; list: "
                     "which are held")
        ->required()
        ->check(CLI::IsMember({"acquire", "list"}));
    lease->add_option("ARGUMENT", rest_, "Of acquire");
    lease
        ->add_option(
            "--target", target_, "The node's or device's number or object; / is the only one")
        ->capture_default_str();
    lease->add_option("--min", least_, "Less is of no use; the whole RATE without it");
    lease->add_option("--wait", wait_, "How long to wait for it, as 10s");
    lease->add_option("--class", class_, "critical, normal, stream or background");
    lease->add_option("--why", why_, "What for, to tell people");
    CLI::Option* exclusive =
        lease->add_flag("--exclusive", exclusive_, "All of it, and nobody beside");
    lease->add_flag("--insist", insist_, "Also where calibration says that this loses throughput")
        ->needs(exclusive);
    lease->add_flag("--json", json_, "Print JSON, in bytes and bytes per second (list)");
}

void LeaseWords::take_command(std::vector<std::string>& arguments) {
    const auto mark = std::ranges::find(arguments, "--");
    if (std::find(arguments.begin(), mark, "lease") != mark && mark != arguments.end()) {
        command_.assign(mark + 1, arguments.end());
        arguments.erase(mark, arguments.end());
    }
}

Outcome<Verb> LeaseWords::verb() const {
    if (action_ == "acquire") {
        return acquire();
    }
    if (!rest_.empty() || !command_.empty()) {
        return fail(Exit::usage,
                    fmt::format("\"{}\" is too much: lease list takes no argument",
                                printable(rest_.empty() ? command_[0] : rest_[0])));
    }
    return LeaseList{.json = json_};
}

Outcome<Verb> LeaseWords::acquire() const {
    if (rest_.size() != words_of_acquire || command_.empty()) {
        return fail(Exit::usage,
                    "a lease of what, for whom? Expected: lease acquire RESOURCE RATE -- "
                    "COMMAND...");
    }
    const Outcome<std::uint64_t> rate = rate_of(rest_[1]);
    if (!rate) {
        return std::unexpected(rate.error());
    }
    LeaseAcquire wish{.resource = rest_[0],
                      .target = path_of(target_, rest_[0]),
                      .rate = *rate,
                      .exclusive = exclusive_,
                      .insist = insist_,
                      .lease_class = class_,
                      .why = why_,
                      .command = command_};
    if (!is_path(wish.target)) {
        return fail(Exit::usage,
                    fmt::format("--target=\"{}\" is neither a number nor an object's path",
                                printable(target_)));
    }
    if (!least_.empty()) {
        const Outcome<std::uint64_t> least = rate_of(least_);
        if (!least) {
            return std::unexpected(least.error());
        }
        wish.least = *least;
    }
    if (!wait_.empty()) {
        const auto wait = parse_duration(wait_);
        if (!wait) {
            return fail(Exit::usage,
                        fmt::format("--wait=\"{}\" is not a duration: expected a whole number with "
                                    "us, ms, s or min, as 10s",
                                    printable(wait_)));
        }
        wish.wait = *wait;
    }
    return wish;
}

}  // namespace penstock::ctl
