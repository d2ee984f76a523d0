// SPDX-License-Identifier: Apache-2.0

#include "sim/snapshot_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::sim {
namespace {

using nlohmann::json;

TEST(SnapshotJson, has_null_for_unknown_and_says_why) {
    Snapshot snapshot;
    snapshot.memory = {{.number = 1, .emulated = true}};
    snapshot.memory[0].read = {.value = BytesPerSecond{7}, .source = "a counter"};
    snapshot.memory[0].written = {.source = "no counter of writes"};
    const json line = snapshot_json(snapshot, 2.5);
    EXPECT_EQ(line["time"], 2.5);
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
}

TEST(SnapshotJson, names_no_source_of_a_sum_and_the_least_confidence) {
    Snapshot snapshot;
    snapshot.memory = {{}};
    MemoryNode& node = snapshot.memory[0];
    node.read = {.value = BytesPerSecond{1}, .source = "a"};
    node.written = {.value = BytesPerSecond{1}, .source = "a", .confidence = Confidence::heuristic};
    node.total = {.value = BytesPerSecond{2}, .source = "reads and writes"};
    json memory = snapshot_json(snapshot, 0)["memory"][0];
    EXPECT_EQ(memory["sources"], json::array({"a"}));
    EXPECT_EQ(memory["confidence"], "heuristic");
    node.written.value.reset();
    memory = snapshot_json(snapshot, 0)["memory"][0];
    EXPECT_EQ(memory["sources"], json::array({"a", "reads and writes"}));
}

TEST(SnapshotJson, shows_devices_and_packages) {
    Snapshot snapshot;
    snapshot.devices = {{.gpu = {9}, .name = "gfx942"}};
    snapshot.devices[0].use.temperature = {.value = -1.5, .source = "hwmon"};
    snapshot.devices[0].use.vram = {.value = 4096, .source = "sysfs"};
    snapshot.packages = {{.number = 3}};
    snapshot.packages[0].power = {.value = 12.5, .source = "perf power"};
    const json line = snapshot_json(snapshot, 0);
    EXPECT_EQ(line["gpus"][0]["temperature_celsius"], -1.5);
    EXPECT_EQ(line["gpus"][0]["vram_used_bytes"], 4096);
    EXPECT_TRUE(line["gpus"][0]["busy"].is_null());
    EXPECT_EQ(line["packages"][0]["package"], 3);
    EXPECT_EQ(line["packages"][0]["power_watts"], 12.5);
}

}  // namespace
}  // namespace penstock::sim
