// SPDX-License-Identifier: Apache-2.0
//
// What a kernel should never show: the source is absent with a reason, and asks perf for nothing.

#include "tests/unit/perf_probes/bench.h"

namespace penstock {
namespace {

using fakes::Bench;
using fakes::pmu_folder;
using testing::HasSubstr;
using testing::IsEmpty;

struct OneBox : Bench {
    OneBox() : Bench(kinds::uncore_imc) { fakes::add_boxes(machine, fakes::ice_lake_imc(), 1); }

    std::string why_not_with(const std::string& file, const std::string& content) {
        machine.file(pmu_folder("uncore_imc_0") + "/" + file, content);
        const std::string why = why_not();
        EXPECT_THAT(groups(), IsEmpty());
        return why;
    }
};

TEST(HostilePmu, is_absent_without_the_folder_of_pmus) {
    Bench bench(kinds::uncore_imc);
    EXPECT_THAT(bench.why_not(), HasSubstr("event_source/devices: No such file"));
}

TEST(HostilePmu, is_absent_without_a_box) {
    Bench bench(kinds::uncore_imc);
    fakes::add_pmu(bench.machine, fakes::msr_pmu());
    EXPECT_EQ(bench.why_not(), "the kernel has no counters called uncore_imc");
}

TEST(HostilePmu, is_absent_without_a_mask) {
    OneBox bench;
    bench.machine.remove(pmu_folder("uncore_imc_0") + "/cpumask");
    EXPECT_THAT(bench.why_not(), HasSubstr("uncore_imc_0/cpumask: No such file"));
}

TEST(HostilePmu, is_absent_with_an_empty_mask) {
    EXPECT_EQ(OneBox().why_not_with("cpumask", "\n"),
              "the cpumask of uncore_imc_0 is empty: it can be counted nowhere");
}

TEST(HostilePmu, is_absent_with_a_mask_of_processors_that_can_not_be) {
    EXPECT_THAT(OneBox().why_not_with("cpumask", "0,8192\n"),
                HasSubstr("the cpumask of uncore_imc_0: \"8192\" is no range"));
    EXPECT_THAT(OneBox().why_not_with("cpumask", std::string(5000, '1')), HasSubstr("no range"));
    EXPECT_THAT(OneBox().why_not_with("cpumask", std::string(64, '\0')), HasSubstr("no range"));
}

TEST(HostilePmu, is_absent_when_its_processor_belongs_to_no_package) {
    EXPECT_THAT(OneBox().why_not_with("cpumask", "4000\n"),
                HasSubstr("cpu4000/topology/physical_package_id: No such file"));
}

TEST(HostilePmu, is_absent_with_a_type_of_the_kernels_own) {
    EXPECT_THAT(OneBox().why_not_with("type", "1\n"),
                HasSubstr("\"1\" is no type of uncore_imc_0"));
}

TEST(HostilePmu, is_absent_without_a_format_that_its_event_needs) {
    OneBox bench;
    bench.machine.remove(pmu_folder("uncore_imc_0") + "/format/umask");
    EXPECT_THAT(bench.why_not(), HasSubstr("format/umask: No such file"));
}

TEST(HostilePmu, is_absent_when_an_event_leads_out_of_its_folder) {
    EXPECT_THAT(OneBox().why_not_with("events/cas_count_read", "../../x=1"),
                HasSubstr("is no term of an event"));
}

TEST(HostilePmu, shows_nothing_to_a_terminal_that_it_should_not) {
    EXPECT_THAT(OneBox().why_not_with("events/cas_count_read", "\x1b[2J"),
                HasSubstr("\"?[2J\" is no term"));
}

TEST(HostilePmu, is_absent_with_files_longer_than_a_page) {
    EXPECT_THAT(OneBox().why_not_with("events/cas_count_read", std::string(1 << 20, 'e')),
                HasSubstr("lists no events that are known here"));
}

TEST(HostilePmu, is_absent_with_a_file_that_can_not_be_read) {
    OneBox bench;
    bench.machine.broken(pmu_folder("uncore_imc_0") + "/type", EIO);
    EXPECT_THAT(bench.why_not(), HasSubstr("Input/output error"));
}

TEST(HostilePmu, opens_no_more_groups_than_the_limit) {
    Bench bench(kinds::uncore_imc, {.packages = 1, .cpus_each = 8});
    fakes::PmuTree imc = fakes::ice_lake_imc();
    imc.cpumask = "0-7";
    fakes::add_boxes(bench.machine, imc, most_groups / 8);
    EXPECT_EQ(bench.why_not(), "");
    EXPECT_EQ(bench.machine.open_groups(), most_groups);

    fakes::add_boxes(bench.machine, imc, most_groups / 8 + 1);
    EXPECT_THAT(bench.why_not(), HasSubstr("more than 1024 groups"));
    EXPECT_EQ(bench.machine.open_groups(), 0U);
}

TEST(HostilePmu, is_unknown_when_a_group_answers_with_another_number_of_counts) {
    struct Short final : CounterGroup {
        std::expected<GroupCounts, int> read() override { return GroupCounts{.size = 1}; }
    };

    struct ShortMachine final : Machine {
        using Machine::read;

        Result<std::vector<std::string>> list(const std::string& path) override {
            return files.list(path);
        }

        Result<std::string> read(const std::string& path, std::size_t limit) override {
            return files.read(path, limit);
        }

        Result<std::string> link(const std::string& path) override { return files.link(path); }

        Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
            return files.open(path);
        }

        Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> /*events*/,
                                                            int /*cpu*/) override {
            return std::make_unique<Short>();
        }

        fakes::FakeMachine files;
    };

    ShortMachine machine;
    fakes::add_packages(machine.files, {.packages = 2});
    fakes::add_boxes(machine.files, fakes::ice_lake_imc(), 1);
    const auto source = make_counting_source(kinds::uncore_imc, std::chrono::milliseconds(10));
    ASSERT_TRUE(std::holds_alternative<Available>(source->open(machine, {}, fakes::bench_source)));
    Readings readings;
    ASSERT_TRUE(source->read(TimePoint(std::chrono::seconds(1)), readings));
    for (const CounterReading& reading : readings.counters) {
        EXPECT_EQ(reading.count, std::nullopt);
        EXPECT_EQ(reading.by.origin.text(), "read uncore_imc: Bad message");
    }
}

}  // namespace
}  // namespace penstock
