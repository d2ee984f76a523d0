// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/energy/energy_sources.h"
#include "agent/probes/energy/powercap_zone.h"
#include "tests/unit/host_probes/stage.h"

namespace penstock {
namespace {

using testing::IsEmpty;

// The figures of prometheus/procfs' recorded zone.
constexpr std::uint64_t recorded_range = 262143328850;

void write_zone(fakes::Stage& stage,
                const std::string& zone,
                const std::string& name,
                const std::string& energy,
                const std::string& range = std::to_string(recorded_range)) {
    const std::string folder = "sys/class/powercap/intel-rapl:" + zone;
    stage.write(folder + "/name", name + "\n");
    stage.write(folder + "/energy_uj", energy + "\n");
    stage.write(folder + "/max_energy_range_uj", range + "\n");
}

TEST(Powercap, says_that_a_machine_has_none) {
    fakes::Stage stage;
    EXPECT_THAT(stage.says(*make_powercap({})),
                testing::StartsWith("this kernel or processor has no powercap: list "));
}

TEST(Powercap, gives_each_zone_the_quantity_of_its_name) {
    fakes::Stage stage;
    write_zone(stage, "0", "package-1", "0");
    write_zone(stage, "0:0", "core", "0");
    write_zone(stage, "0:1", "uncore", "0");
    write_zone(stage, "0:2", "dram", "0");
    write_zone(stage, "1", "psys", "0");
    const auto source = make_powercap({});
    EXPECT_EQ(stage.says(*source), "5 energy counters of RAPL");
    stage.read(*source);

    write_zone(stage, "0", "package-1", "40000000");
    write_zone(stage, "0:0", "core", "30000000");
    write_zone(stage, "0:1", "uncore", "2000000");
    write_zone(stage, "0:2", "dram", "5000000");
    write_zone(stage, "1", "psys", "60000000");
    stage.read(*source);

    EXPECT_EQ(stage.of(package(1), Quantity::energy_package).value, 40.0);
    EXPECT_EQ(stage.of(package(1), Quantity::energy_cores).value, 30.0);
    EXPECT_EQ(stage.of(package(1), Quantity::energy_graphics).value, 2.0);
    EXPECT_EQ(stage.of(package(1), Quantity::energy_memory).value, 5.0);
    EXPECT_EQ(stage.of(package(0), Quantity::energy_platform).value, 60.0);
}

TEST(Powercap, adds_the_dies_of_a_package) {
    fakes::Stage stage;
    write_zone(stage, "0", "package-0-die-0", "0");
    write_zone(stage, "1", "package-0-die-1", "0");
    const auto source = make_powercap({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_zone(stage, "0", "package-0-die-0", "3000000");
    write_zone(stage, "1", "package-0-die-1", "4000000");
    stage.read(*source);

    EXPECT_EQ(stage.of(package(0), Quantity::energy_package).value, 7.0);
}

TEST(Powercap, counts_the_platform_once) {
    fakes::Stage stage;
    write_zone(stage, "2", "psys", "0");
    write_zone(stage, "3", "psys", "0");
    EXPECT_EQ(stage.says(*make_powercap({})), "1 energy counters of RAPL");
}

TEST(Powercap, goes_on_counting_where_the_zone_starts_again) {
    fakes::Stage stage;
    write_zone(stage, "0", "package-0", "262143328849");
    const auto source = make_powercap({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_zone(stage, "0", "package-0", "999998");
    stage.read(*source);

    EXPECT_DOUBLE_EQ(*stage.of(package(0), Quantity::energy_package).value, 1.0);
    EXPECT_EQ(stage.odd(), 0);
}

TEST(Powercap, skips_what_is_no_zone_of_rapl) {
    fakes::Stage stage;
    write_zone(stage, "0", "package-0", "0");
    write_zone(stage, "a", "package-7", "0");
    write_zone(stage, "0:b", "core", "0");
    write_zone(stage, "1", "something", "0");
    stage.write("sys/class/powercap/intel-rapl-mmio:0/name", "package-0\n");
    stage.write("sys/class/powercap/dtpm/name", "package-0\n");
    EXPECT_EQ(stage.says(*make_powercap({})), "1 energy counters of RAPL");
}

TEST(Powercap, knows_no_energy_without_a_range_that_makes_sense) {
    for (const std::string range : {"0", "", "many", "18446744073709551615"}) {
        fakes::Stage stage;
        write_zone(stage, "0", "package-0", "0", range);
        EXPECT_EQ(stage.says(*make_powercap({})),
                  "powercap: nobody tells where its count starts again")
            << range;
    }
}

TEST(Powercap, says_why_there_is_no_value_where_another_zone_has_one) {
    fakes::Stage stage;
    write_zone(stage, "0", "package-0", "0", "0");
    write_zone(stage, "1", "package-1", "0");
    const auto source = make_powercap({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    EXPECT_EQ(stage.why(package(0), Quantity::energy_package),
              "powercap: nobody tells where its count starts again");
}

TEST(Powercap, knows_nothing_of_a_count_beyond_its_range_nor_of_garbage) {
    for (const auto& [text, reason] :
         {std::pair{"262143328851", "powercap: the energy is beyond its own range"},
          std::pair{"x", "powercap: its file holds no number"},
          std::pair{"99000000000", "powercap: more energy than a processor can spend"}}) {
        fakes::Stage stage;
        write_zone(stage, "0", "package-0", "0");
        const auto source = make_powercap({});
        ASSERT_TRUE(stage.opens(*source));
        stage.read(*source);
        write_zone(stage, "0", "package-0", text);
        stage.read(*source);

        EXPECT_EQ(stage.why(package(0), Quantity::energy_package), reason);
    }
}

// Root reads every file, so the kernel's refusal is played.
class RefusingMachine final : public Machine {
  public:
    using Machine::read;

    Result<std::vector<std::string>> list(const std::string&) override {
        return std::vector<std::string>{"intel-rapl", "intel-rapl:0"};
    }

    Result<std::string> read(const std::string& path, std::size_t) override {
        return path.ends_with("name") ? "package-0\n" : "262143328850\n";
    }

    Result<std::string> link(const std::string& path) override { return fail(ENOENT, path); }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        return fail(EACCES, "open /" + path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent>, int) override {
        return fail("no counters");
    }
};

TEST(Powercap, says_what_to_change_when_only_root_may_read_it) {
    RefusingMachine machine;
    const Opened opened = make_powercap({})->open(machine, {}, fakes::on_stage);

    ASSERT_TRUE(std::holds_alternative<Absent>(opened));
    EXPECT_EQ(
        std::get<Absent>(opened).why,
        "open /sys/class/powercap/intel-rapl:0/energy_uj: Permission denied; since Linux 5.10 "
        "only root reads it: let perf read its power events (CAP_PERFMON), or chmod the file");
}

TEST(PowercapZone, is_named_by_one_number_or_two) {
    EXPECT_EQ(parse_zone("intel-rapl:3"), (ZoneNumber{.zone = 3}));
    EXPECT_EQ(parse_zone("intel-rapl:0:12"), (ZoneNumber{.zone = 0, .part = 12}));
    for (const std::string_view name : {"intel-rapl",
                                        "intel-rapl:",
                                        "intel-rapl:0:",
                                        "intel-rapl::1",
                                        "intel-rapl:-1",
                                        "intel-rapl:0:1:2",
                                        "intel-rapl:a"}) {
        EXPECT_EQ(parse_zone(name), std::nullopt) << name;
    }
}

}  // namespace
}  // namespace penstock
