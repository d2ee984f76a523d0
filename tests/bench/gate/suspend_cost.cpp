// SPDX-License-Identifier: Apache-2.0
//
// Suspend cost: what a suspend and a resume of one client take the gate and the driver, by the
// number of its queues, and in turns with them what a bare ioctl(2) takes.
//
// The device must be one that saves and restores in no time: what remains is software.

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>

#include "base/clock.h"
#include "kmod-helpers/workload/device_choice.h"
#include "tests/bench/bpf/distribution.h"
#include "tests/bench/gate/care.h"
#include "tests/bench/gate/idle_client.h"

namespace penstock::bench {
namespace {

constexpr std::array<std::uint32_t, 5> batches{1, 2, 8, 64, 256};
constexpr std::uint32_t warm_up = 50;  // Turns that do not count.

struct Options {
    std::string kfd_path{};
    std::string sysfs{};
    std::uint32_t turns = 2000;
};

// One suspend and one resume.
struct Pair {
    Duration whole{};
    Duration in_driver{};
};

struct Samples {
    Distribution whole;
    Distribution outside;  // What the gate itself needs of it.
    Distribution bare;     // One call that does nothing.
    // What the gate needs, and two such calls: the pair with a driver that has nothing to do.
    Distribution idle_driver;

    void add(const Pair& pair, Duration bare_call) {
        const Duration gate = pair.whole - pair.in_driver;
        whole.add(pair.whole.count());
        outside.add(gate.count());
        bare.add(bare_call.count());
        idle_driver.add((gate + 2 * bare_call).count());
    }
};

// An error when not all queues were reached.
Result<Pair> suspend_and_resume(gate::Session& session, GpuId gpu, std::uint32_t queues) {
    const TimePoint start = monotonic_now();
    const gate::Call suspended = session.suspend(gpu);
    const gate::Call resumed = session.resume(gpu);
    Pair pair{.whole = monotonic_now() - start};
    for (const gate::Call& call : {suspended, resumed}) {
        if (call.error != 0) {
            return fail(call.error, "suspend and resume");
        }
        if (call.reached != queues) {
            return fail("reached " + std::to_string(call.reached) + " queues, expected " +
                        std::to_string(queues));
        }
        pair.in_driver += call.done - call.entered;
    }
    return pair;
}

Result<Duration> bare_call(const kfd::KfdDevice& device) {
    kfd::GetVersion version;
    const TimePoint start = monotonic_now();
    const Result<int> done = device.call(kfd::Nr::get_version, version, "ask for the version");
    const Duration spent = monotonic_now() - start;
    return done ? Result<Duration>(spent) : std::unexpected(done.error());
}

Result<Samples> measure(const Options& options, GpuId gpu, std::uint32_t queues) {
    const Result<IdleClient> client = IdleClient::start(options.kfd_path, gpu.value, queues);
    if (!client) {
        return std::unexpected(client.error());
    }
    const Result<kfd::KfdDevice> device = kfd::KfdDevice::open(options.kfd_path);
    if (!device) {
        return std::unexpected(device.error());
    }
    const Result<std::unique_ptr<Care>> care = Care::take(*device, client->pid());
    if (!care) {
        return std::unexpected(care.error());
    }
    Samples samples;
    for (std::uint32_t turn = 0; turn < warm_up + options.turns; ++turn) {
        const Result<Pair> pair = suspend_and_resume((*care)->session(), gpu, queues);
        const Result<Duration> bare = bare_call(*device);
        if (!pair || !bare) {
            return std::unexpected(pair ? bare.error() : pair.error());
        }
        if (turn >= warm_up) {
            samples.add(*pair, *bare);
        }
    }
    return samples;
}

Result<nlohmann::json> run(const Options& options) {
    const Result<std::uint32_t> gpu = workload::choose_gpu(Tree(options.sysfs), 0);
    if (!gpu) {
        return std::unexpected(gpu.error());
    }
    nlohmann::json told = nlohmann::json::array();
    for (const std::uint32_t queues : batches) {
        Result<Samples> samples = measure(options, GpuId{*gpu}, queues);
        if (!samples) {
            return fail(std::move(samples).error(), std::to_string(queues) + " queues");
        }
        told.push_back({{"queues", queues},
                        {"pair", samples->whole.microseconds()},
                        {"gate", samples->outside.microseconds()},
                        {"bare", samples->bare.microseconds()},
                        {"idle_driver", samples->idle_driver.microseconds()}});
    }
    return nlohmann::json{{"benchmark", "suspend_cost"}, {"batches", std::move(told)}};
}

}  // namespace
}  // namespace penstock::bench

// CLI11 and nlohmann report by exception, which ends here.
int main(int count, char** words) try {
    penstock::bench::Options options;
    CLI::App app("Measures suspend and resume through the gate, on a device that costs no time.");
    app.add_option("--kfd", options.kfd_path, "The KFD device")->required();
    app.add_option("--sysfs", options.sysfs, "Where sysfs is")->required();
    app.add_option("--turns", options.turns, "With each number of queues")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    CLI11_PARSE(app, count, words);
    const auto line = penstock::bench::run(options);
    std::puts(line ? line->dump().c_str() : line.error().message().c_str());
    return line ? 0 : 1;
} catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return 1;
}
