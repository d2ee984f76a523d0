// SPDX-License-Identifier: Apache-2.0
//
// What penstockctl prints, from recorded answers of the agent (tests/golden/ctl).

#include "client/ctl/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "client/ctl/figures.h"
#include "client/ctl/table.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json recorded(const std::string& file) {
    return json::parse(std::ifstream(std::string(PENSTOCK_RECORDED) + '/' + file));
}

World recorded_world() {
    return world_from(recorded("manager.json"), recorded("objects.json"));
}

TEST(Status, is_a_page) {
    EXPECT_EQ(
        status_text(recorded_world()),
        "penstock 0.1.0: degraded, policy fixed-priority, preemption enabled, 3 queues, 2 "
        "suspended\n"
        "features: kfd-debug, emulated\n"
        "degraded: BPF is not permitted: queues are sampled\n"
        "\n"
        "  GPU  NAME    PCIE RX    PCIE TX  QUEUES  SUSPEND + RESUME   ORIGIN\n"
        "51432  gfx90a        -  1.50 GB/s       3  mes, 119 + 140 us  emulated\n"
        "\n"
        "MEMORY       READ  WRITE      PEAK  USED  ASKS FOR                  ORIGIN    SOURCE "
        "           UNKNOWN BECAUSE\n"
        "     0  20.0 GB/s      -  256 GB/s     -  delay-launch, batch 49 %  emulated  "
        "gpu_metrics v3.0  no counter of writes\n");
}

TEST(Status, says_what_a_memory_node_asks_for) {
    World world;
    world.memory = {{.node = 0, .throttle_level = "none", .batch_scale = 1},
                    {.node = 1, .throttle_level = "none", .batch_scale = 0.8},
                    {.node = 2}};
    EXPECT_THAT(status_text(world), HasSubstr("0     -      -     -     -  none "));
    EXPECT_THAT(status_text(world), HasSubstr("1     -      -     -     -  none, batch 80 %"));
    EXPECT_THAT(status_text(world), HasSubstr("2     -      -     -     -  - "));
}

TEST(Status, of_a_device_without_known_costs_shows_none) {
    World world;
    world.gpus = {{.gpu_id = 7, .name = "gfx942"}, {.gpu_id = 8, .scheduler = "hws"}};
    world.gpus[1].suspend_nsec = 1000;
    const std::string text = status_text(world);
    EXPECT_THAT(text, HasSubstr("  unknown           hardware\n"));
    EXPECT_THAT(text, HasSubstr("  hws               hardware\n")) << "half a cost is none";
}

TEST(Status, of_an_empty_machine_says_so) {
    const std::string text = status_text(World{});
    EXPECT_THAT(text, HasSubstr("no device"));
    EXPECT_THAT(text, HasSubstr("no memory node is measured"));
}

TEST(StatusText, says_that_nothing_is_carried_out_in_a_dry_run) {
    World world{.agent = {.state = "dry-run", .preemption_enabled = true, .dry_run = true}};
    EXPECT_THAT(status_text(world), HasSubstr("preemption enabled but a dry run"));
    world.agent.preemption_enabled = false;
    EXPECT_THAT(status_text(world), HasSubstr("preemption disabled"));
}

TEST(ListText, is_sorted_by_pid_and_aligned) {
    EXPECT_EQ(
        list_text(recorded_world()),
        " PID   UID  PRIORITY  WEIGHT  CLASS   DEADLINE    COST  STATE      QUEUES  OCCUPANCY  "
        "PREEMPTED  TIMES  LEVEL          COMMAND\n"
        "4242  1000        10     100  normal         -       -  running         1          -    "
        "0.000 s      0  none           foreground\n"
        "4300  1000        -5     200  batch       50ms  1500us  preempted       2       50 %    "
        "1.250 s     17  debug-suspend  background\n");
}

TEST(ListJson, has_si_units_and_null_for_unknown) {
    const json list = list_json(recorded_world());
    ASSERT_EQ(list.size(), 2U);
    EXPECT_TRUE(list[0]["occupancy"].is_null());
    EXPECT_EQ(list[0]["preemption_level_reason"], "traced by pid 77");
    EXPECT_EQ(list[1]["occupancy"], 0.5);
    EXPECT_EQ(list[1]["preempted_seconds"], 1.25);
    EXPECT_EQ(list[1]["preemptions"], 17);
    EXPECT_EQ(list[1]["emulated"], true);
    EXPECT_EQ(list[1]["weight_source"], "rule:50-batch.conf");
    EXPECT_EQ(list[1]["class"], "batch");
    EXPECT_EQ(list[1]["deadline_seconds"], 0.05);
    EXPECT_EQ(list[1]["preemptible"], true);
    EXPECT_TRUE(list[0]["unit"].is_null());
    EXPECT_EQ(list[1]["executable"], "/usr/bin/python3.11");
    EXPECT_EQ(list[1]["control_group"], "/system.slice/batch.service");
    EXPECT_EQ(list[1]["unit"], "batch.service");
}

TEST(TailText, is_one_line) {
    EXPECT_EQ(tail_text(recorded_world(), "12:00:01"),
              "12:00:01  mem0 r 20.0 GB/s w         - delay-launch, batch 49 %  gpu 51432 rx       "
              "  - tx "
              "1.50 GB/s  queues 1 running 2 suspended  4242 foreground(+10) running  4300 "
              "background(-5) preempted  "
              "[emulated]");
}

TEST(TailText, names_the_first_four_by_priority) {
    World world;
    for (std::uint32_t pid = 1; pid <= 6; ++pid) {
        world.processes.push_back(
            {.pid = pid, .priority = static_cast<std::int32_t>(pid), .state = "running"});
    }
    const std::string text = tail_text(world, "0");
    EXPECT_LT(text.find("  6 "), text.find("  3 "));
    EXPECT_THAT(text, testing::Not(HasSubstr("  2 ")));
    EXPECT_THAT(text, testing::Not(HasSubstr("emulated")));
}

TEST(TailJson, has_null_for_unknown_and_never_zero) {
    const json line = tail_json(recorded_world(), 1700000000.5);
    EXPECT_EQ(line["time"], 1700000000.5);
    EXPECT_EQ(line["emulated"], true);
    EXPECT_EQ(line["queues_running"], 1);
    EXPECT_EQ(line["queues_suspended"], 2);
    EXPECT_EQ(line["memory"][0]["read_bytes_per_second"], 20'000'000'000);
    EXPECT_TRUE(line["memory"][0]["write_bytes_per_second"].is_null());
    EXPECT_TRUE(line["memory"][0]["utilization"].is_null());
    EXPECT_TRUE(line["gpus"][0]["pcie_rx_bytes_per_second"].is_null());
    EXPECT_EQ(line["gpus"][0]["pcie_tx_bytes_per_second"], 1'500'000'000);
    EXPECT_EQ(line["processes"][1]["state"], "preempted");
    EXPECT_EQ(line["processes"][1]["weight"], 200);
    EXPECT_EQ(line["processes"][1]["cost_seconds"], 0.0015);
    EXPECT_TRUE(line["processes"][0]["deadline_seconds"].is_null());
    EXPECT_EQ(line.dump().find('\n'), std::string::npos);
}

TEST(TailJson, has_all_that_is_measured_with_its_origin) {
    const json line = tail_json(recorded_world(), 0);
    const json& memory = line["memory"][0];
    EXPECT_EQ(memory["devices_bytes_per_second"], 3'000'000'000);
    EXPECT_EQ(memory["origins"]["devices_bytes_per_second"]["confidence"], "heuristic");
    EXPECT_EQ(memory["origins"]["write_bytes_per_second"]["source"], "no counter of writes");
    EXPECT_TRUE(memory["origins"]["write_bytes_per_second"]["confidence"].is_null());
    EXPECT_EQ(memory["confidence"], "counter");
    EXPECT_EQ(memory["peak_source"], "configured");
    EXPECT_TRUE(memory["pressure"].is_null());
    EXPECT_EQ(memory["throttle_level"], "delay-launch");
    EXPECT_EQ(memory["batch_scale"], 0.49);
    EXPECT_EQ(line["packages"][0]["power_watts"], 35.5);
    EXPECT_TRUE(line["packages"][0]["cores_power_watts"].is_null());
    EXPECT_EQ(line["gpus"][0]["vram_used_bytes"], 4096);
    EXPECT_EQ(line["gpus"][0]["temperature_celsius"], -3.5);
    EXPECT_EQ(line["processes"][1]["dram_bytes_per_second"], 5'000'000);
    EXPECT_EQ(line["processes"][1]["energy_method"], "gpu_metrics, split by engine time");
    EXPECT_TRUE(line["processes"][0]["energy_joules"].is_null());
    EXPECT_TRUE(line["processes"][0]["energy_method"].is_null());
}

TEST(TailJson, of_an_agent_that_knows_less_has_the_same_fields) {
    const json objects = {{"/m", {{"org.penstock1.MemoryNode", {{"NumaNode", 1}}}}}};
    const json memory = tail_json(world_from(json(), objects), 0)["memory"][0];
    EXPECT_TRUE(memory.contains("io_bytes_per_second"));
    EXPECT_TRUE(memory["io_bytes_per_second"].is_null());
    EXPECT_TRUE(memory["confidence"].is_null());
    EXPECT_TRUE(memory["peak_source"].is_null());
    EXPECT_TRUE(memory["throttle_level"].is_null());
    EXPECT_TRUE(memory["batch_scale"].is_null());
}

TEST(World, takes_no_level_for_one_that_it_does_not_know) {
    const json objects = {
        {"/m", {{"org.penstock1.MemoryNode", {{"NumaNode", 1}, {"ThrottleLevel", 4U}}}}}};
    EXPECT_EQ(world_from(json(), objects).memory.at(0).throttle_level, "");
}

TEST(World, has_the_sources_of_the_agent) {
    const World world = recorded_world();
    ASSERT_EQ(world.agent.sources.size(), 1U);
    EXPECT_EQ(world.agent.sources[0].name, "uncore_imc");
    EXPECT_EQ(world.agent.sources[0].standing, "absent");
    const json odd = {{"Sources", {{1, 2, 3}, {"a"}, 7}}};
    const World strange = world_from(odd, json());
    ASSERT_EQ(strange.agent.sources.size(), 1U);
    EXPECT_EQ(strange.agent.sources[0].name, "");
}

TEST(World, takes_members_of_the_wrong_kind_for_unknown) {
    const json objects = json::parse(R"({
        "/a": {"org.penstock1.MemoryNode": {"NumaNode": "x", "ReadBytesPerSecond": -3,
               "Utilization": "high", "Sources": [1, "counter"], "Emulated": 1,
               "Origins": [7, ["ReadBytesPerSecond"], ["WriteBytesPerSecond", 1, 2]]}},
        "/b": {"org.penstock1.Process": {"PID": 99999999999, "Priority": "first", "Command": 7}},
        "/c": [], "/d": null})");
    const World world = world_from(json(), objects);
    ASSERT_EQ(world.memory.size(), 1U);
    EXPECT_FALSE(world.memory[0].read);
    EXPECT_FALSE(world.memory[0].utilization);
    EXPECT_EQ(world.memory[0].sources, std::vector<std::string>{"counter"});
    EXPECT_FALSE(world.memory[0].emulated);
    ASSERT_EQ(world.processes.size(), 1U);
    EXPECT_EQ(world.processes[0].priority, 0);
    EXPECT_EQ(world.processes[0].weight, 100U) << "as of an agent that knows no weights";
    EXPECT_EQ(world.processes[0].service_class, "normal");
    EXPECT_EQ(world.processes[0].deadline, Duration{});
    EXPECT_EQ(world.processes[0].command, "");
    EXPECT_TRUE(world_from(json(), json()).processes.empty());
}

TEST(World, prints_nothing_that_steers_a_terminal) {
    const json objects = {
        {"/p", {{"org.penstock1.Process", {{"PID", 1}, {"Command", "\x1b[31mred\n"}}}}}};
    EXPECT_EQ(world_from(json(), objects).processes.at(0).command, "?[31mred?");
}

TEST(Rates, keep_three_digits) {
    EXPECT_EQ(rate_text(std::nullopt), "-");
    EXPECT_EQ(rate_text(0), "0 B/s");
    EXPECT_EQ(rate_text(999), "999 B/s");
    EXPECT_EQ(rate_text(1000), "1.00 kB/s");
    EXPECT_EQ(rate_text(99'960'000), "100 MB/s");
    EXPECT_EQ(rate_text(999'600'000), "1.00 GB/s");
    EXPECT_EQ(rate_text(20'000'000'000), "20.0 GB/s");
    EXPECT_EQ(rate_text(5'300'000'000'000), "5.30 TB/s");
}

TEST(Table, fills_short_rows_and_leaves_no_blanks_behind) {
    EXPECT_EQ(table_text({{"A"}, {"LONG", true}, {"C"}}, {{"1"}, {"22", "3", "4"}}),
              "A   LONG  C\n"
              "1\n"
              "22     3  4\n");
}

}  // namespace
}  // namespace penstock::ctl
