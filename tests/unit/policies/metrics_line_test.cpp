// SPDX-License-Identifier: Apache-2.0

#include "policies/metrics_line.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace penstock {
namespace {

using nlohmann::json;

json line_of(const LineParts& parts) {
    return json::parse(metrics_line(parts));
}

json memory_of(const MemoryNode& node) {
    return line_of({.memory = {&node}})["memory"][0];
}

TEST(MetricsLine, is_one_line) {
    const std::string line = metrics_line({.time = 1700000000.5});
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_EQ(json::parse(line)["time"], 1700000000.5);
}

TEST(MetricsLine, has_null_for_unknown_and_says_why) {
    MemoryNode node{.number = 1, .emulated = true};
    node.read = {.value = BytesPerSecond{7}, .source = "a counter"};
    node.written = {.source = "no counter of writes"};
    const json line = line_of({.memory = {&node}});
    EXPECT_EQ(line["emulated"], true);
    const json& memory = line["memory"][0];
    EXPECT_EQ(memory["node"], 1);
    EXPECT_EQ(memory["read_bytes_per_second"], 7);
    EXPECT_TRUE(memory["write_bytes_per_second"].is_null());
    EXPECT_EQ(memory["origins"]["write_bytes_per_second"]["source"], "no counter of writes");
    EXPECT_TRUE(memory["origins"]["write_bytes_per_second"]["confidence"].is_null());
    EXPECT_EQ(memory["sources"], json::array({"a counter"}));
    EXPECT_EQ(memory["confidence"], "counter");
    EXPECT_TRUE(memory["peak_source"].is_null());
    EXPECT_EQ(memory["throttle_level"], "none");
    EXPECT_EQ(memory["batch_scale"], 1);
}

TEST(MetricsLine, names_no_source_of_a_sum_and_the_least_confidence) {
    MemoryNode node;
    node.read = {.value = BytesPerSecond{1}, .source = "a"};
    node.written = {.value = BytesPerSecond{1}, .source = "a", .confidence = Confidence::heuristic};
    node.total = {.value = BytesPerSecond{2}, .source = "reads and writes"};
    EXPECT_EQ(memory_of(node)["sources"], json::array({"a"}));
    EXPECT_EQ(memory_of(node)["confidence"], "heuristic");
    node.written.value.reset();
    EXPECT_EQ(memory_of(node)["sources"], json::array({"a", "reads and writes"}));
}

TEST(MetricsLine, shows_devices_and_packages) {
    Device device{.gpu = {9}, .name = "gfx942"};
    device.use.temperature = {.value = -1.5, .source = "hwmon"};
    device.use.vram = {.value = 4096, .source = "sysfs"};
    Package package{.number = 3};
    package.power = {.value = 12.5, .source = "perf power"};
    const json line =
        line_of({.packages = {&package}, .devices = {{.device = device, .queues = 5}}});
    EXPECT_EQ(line["gpus"][0]["temperature_celsius"], -1.5);
    EXPECT_EQ(line["gpus"][0]["vram_used_bytes"], 4096);
    EXPECT_EQ(line["gpus"][0]["queues"], 5);
    EXPECT_TRUE(line["gpus"][0]["busy"].is_null());
    EXPECT_EQ(line["packages"][0]["package"], 3);
    EXPECT_EQ(line["packages"][0]["power_watts"], 12.5);
    EXPECT_EQ(line["emulated"], false);
}

TEST(MetricsLine, shows_processes_with_the_method_of_their_energy) {
    Owner owner{.pid = 42, .command = "trainer", .priority = -3};
    LineProcess process{.owner = owner,
                        .state = "preempted",
                        .queues = 2,
                        .preempted = std::chrono::milliseconds(1250),
                        .preemptions = 17};
    json shown = line_of({.processes = {process}})["processes"][0];
    EXPECT_EQ(shown["pid"], 42);
    EXPECT_EQ(shown["priority"], -3);
    EXPECT_EQ(shown["weight"], 100);
    EXPECT_EQ(shown["class"], "normal");
    EXPECT_TRUE(shown["deadline_seconds"].is_null());
    EXPECT_TRUE(shown["cost_seconds"].is_null());
    EXPECT_EQ(shown["state"], "preempted");
    EXPECT_EQ(shown["preempted_seconds"], 1.25);
    EXPECT_EQ(shown["preemptions"], 17);
    EXPECT_TRUE(shown["occupancy"].is_null());
    EXPECT_TRUE(shown["energy_method"].is_null());
    owner.service_class = ServiceClass::idle;
    owner.deadline = std::chrono::milliseconds(50);
    owner.use.energy = {.value = 7.25, .source = "split by engine time"};
    process.occupancy = 0.5;
    shown = line_of({.processes = {process}})["processes"][0];
    EXPECT_EQ(shown["class"], "idle");
    EXPECT_EQ(shown["deadline_seconds"], 0.05);
    EXPECT_EQ(shown["occupancy"], 0.5);
    EXPECT_EQ(shown["energy_joules"], 7.25);
    EXPECT_EQ(shown["energy_method"], "split by engine time");
}

TEST(MetricsLine, takes_a_number_that_is_none_for_unknown) {
    Package package;
    package.power.value = std::numeric_limits<double>::quiet_NaN();
    package.energy.value = std::numeric_limits<double>::infinity();
    const json shown = line_of({.packages = {&package}})["packages"][0];
    EXPECT_TRUE(shown["power_watts"].is_null());
    EXPECT_TRUE(shown["energy_joules"].is_null());
    EXPECT_TRUE(shown["origins"]["power_watts"]["confidence"].is_null());
}

TEST(MetricsLine, is_not_broken_by_what_a_process_calls_itself) {
    const Owner owner{.pid = 1, .command = "\"}]}\n\x1b[2J\\\xff" + std::string(1000, 'x')};
    const json shown = line_of({.processes = {{.owner = owner}}})["processes"][0];
    const std::string command = shown["command"];
    EXPECT_EQ(command.substr(0, 11), "\"}]}??[2J\\?");
    EXPECT_EQ(command.size(), 256U);
}

TEST(DroppedLine, says_how_many) {
    EXPECT_EQ(dropped_line(3), "{\"dropped\":3}\n");
}

}  // namespace
}  // namespace penstock
