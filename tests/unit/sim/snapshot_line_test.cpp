// SPDX-License-Identifier: Apache-2.0

#include "sim/snapshot_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::sim {
namespace {

using nlohmann::json;

TEST(SnapshotLine, has_every_part_of_the_snapshot_and_no_processes) {
    Snapshot snapshot;
    snapshot.memory = {{.number = 1, .emulated = true}};
    snapshot.packages = {{.number = 3}};
    snapshot.devices = {{.gpu = {9}, .name = "gfx942"}};
    const json line = json::parse(snapshot_line(snapshot, 2.5));
    EXPECT_EQ(line["time"], 2.5);
    EXPECT_EQ(line["emulated"], true);
    EXPECT_EQ(line["memory"][0]["node"], 1);
    EXPECT_EQ(line["packages"][0]["package"], 3);
    EXPECT_EQ(line["gpus"][0]["gpu_id"], 9);
    EXPECT_TRUE(line["processes"].empty());
}

TEST(SnapshotLine, counts_the_queues_of_each_device) {
    Snapshot snapshot;
    snapshot.devices = {{.gpu = {8}}, {.gpu = {9}}};
    snapshot.queues = {{.key = {.gpu = {9}, .number = 0}}, {.key = {.gpu = {9}, .number = 1}}};
    const json line = json::parse(snapshot_line(snapshot, 0));
    EXPECT_EQ(line["queues_running"], 2);
    EXPECT_EQ(line["queues_suspended"], 0);
    EXPECT_EQ(line["gpus"][0]["queues"], 0);
    EXPECT_EQ(line["gpus"][1]["queues"], 2);
}

}  // namespace
}  // namespace penstock::sim
