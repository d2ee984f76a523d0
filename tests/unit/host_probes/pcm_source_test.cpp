// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "agent/probes/pcm/kernel_child.h"
#include "agent/probes/pcm/pcm_sources.h"
#include "tests/unit/host_probes/pcm_stage.h"
#include "tests/unit/host_probes/resctrl_stage.h"

namespace penstock {
namespace {

const SourceSettings wanted{.pcm = true};

const std::string heading =
    ",,SKT0,SKT0,SKT1,SKT1\n"
    "Date,Time,Mem Read (MB/s),Mem Write (MB/s),Mem Read (MB/s),Mem Write (MB/s)\n";
const std::string sample = "2026-01-02,03:04:05.678,    5.00,    1.00,   70.00,   20.00\n";

class Pcm : public testing::Test {
  protected:
    std::unique_ptr<Source> make(const SourceSettings& settings = wanted) {
        return make_pcm_memory_with(settings, std::make_unique<fakes::ScriptedLauncher>(script_));
    }

    std::string says_with_perf(int refusal, const std::string& box) {
        stage_.write("sys/bus/event_source/devices/" + box + "/type", "14\n");
        fakes::CountingMachine machine(stage_.machine(), refusal);
        const Opened opened = make()->open(machine, {}, fakes::on_stage);
        const auto* absent = std::get_if<Absent>(&opened);
        return absent != nullptr ? absent->why : "";
    }

    fakes::Stage stage_;
    fakes::ChildScript script_;
};

TEST_F(Pcm, is_not_started_unless_somebody_asks_for_it) {
    EXPECT_EQ(stage_.says(*make({})),
              "PCM is not asked for (penstockd --pcm): it programs counters that perf shares");
    EXPECT_EQ(script_.starts, 0);
}

TEST_F(Pcm, never_runs_beside_perf_on_the_same_boxes) {
    for (const std::string box : {"uncore_imc_0", "uncore_iio_3", "amd_umc_1"}) {
        fakes::Stage fresh;
        EXPECT_EQ(says_with_perf(0, box),
                  "perf counts the same boxes (" + box + "); PCM and perf must not run together");
        EXPECT_EQ(script_.starts, 0);
        stage_.remove("sys/bus/event_source/devices/" + box);
    }
}

TEST_F(Pcm, takes_a_box_that_does_not_know_the_event_for_one_that_perf_counts) {
    EXPECT_THAT(says_with_perf(EINVAL, "uncore_imc"), testing::StartsWith("perf counts"));
}

TEST_F(Pcm, runs_where_perf_may_not_be_opened) {
    EXPECT_EQ(says_with_perf(EACCES, "uncore_imc_0"), "");
    EXPECT_EQ(script_.starts, 1);
}

TEST_F(Pcm, says_which_package_to_install) {
    script_.refusal = ENOENT;
    EXPECT_EQ(stage_.says(*make()), "pcm-memory is not installed (Debian package pcm)");
}

TEST_F(Pcm, leaves_resctrl_and_the_watchdog_alone) {
    ASSERT_TRUE(stage_.opens(*make()));
    EXPECT_THAT(script_.command.environment,
                testing::ElementsAre("PCM_NO_RDT=1", "PCM_KEEP_NMI_WATCHDOG=1"));
}

TEST_F(Pcm, tells_the_traffic_at_each_packages_memory) {
    fakes::write_two_nodes(stage_);
    const auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    script_.output = heading + sample;
    stage_.read(*source);

    EXPECT_EQ(stage_.of(memory_node(0), Quantity::dram_read).value, 5e6);
    EXPECT_EQ(stage_.of(memory_node(1), Quantity::dram_written).value, 20e6);
}

TEST_F(Pcm, takes_a_line_that_comes_in_two_pieces) {
    const auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    script_.output = heading + sample.substr(0, 30);
    stage_.read(*source);
    EXPECT_TRUE(stage_.readings().levels.empty());
    script_.output = sample.substr(30);
    stage_.read(*source);
    EXPECT_EQ(stage_.readings().levels.size(), 4);
}

TEST_F(Pcm, says_what_the_program_said_when_it_ends_and_pauses_longer_each_time) {
    const auto source = make();
    script_.complaint = "ERROR: no access to MSRs";
    script_.ended = true;
    for (const int pause_s : {10, 20, 40, 80, 160, 320, 600, 600}) {
        ASSERT_TRUE(stage_.opens(*source));
        EXPECT_FALSE(stage_.read(*source));
        const Opened opened = stage_.open(*source);
        const auto* later = std::get_if<Later>(&opened);
        ASSERT_NE(later, nullptr);
        EXPECT_EQ(later->why, "pcm-memory: ERROR: no access to MSRs");
        EXPECT_EQ(later->again_in, std::chrono::seconds(pause_s));
    }
    EXPECT_EQ(script_.starts, script_.ends);
}

TEST_F(Pcm, pauses_shortly_again_after_it_has_worked) {
    const auto source = make();
    for (int attempt = 0; attempt < 3; ++attempt) {
        ASSERT_TRUE(stage_.opens(*source));
        script_.output = heading + sample;
        script_.ended = true;
        EXPECT_FALSE(stage_.read(*source));
        const Opened opened = stage_.open(*source);
        EXPECT_EQ(std::get<Later>(opened).again_in, std::chrono::seconds(10));
    }
}

TEST_F(Pcm, is_started_anew_when_it_prints_nothing_for_long) {
    const auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    EXPECT_TRUE(stage_.read(*source));
    EXPECT_TRUE(stage_.read(*source, std::chrono::seconds(29)));
    EXPECT_FALSE(stage_.read(*source, std::chrono::seconds(2)));
    EXPECT_EQ(stage_.says(*source), "pcm-memory has printed no numbers for 30 s");
    EXPECT_EQ(script_.ends, 1);
}

TEST_F(Pcm, has_no_value_where_the_program_printed_none) {
    const auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    script_.output = heading + "d,t,,1.00,2.00,3.00\n";
    stage_.read(*source);
    EXPECT_EQ(stage_.why(memory_node(0), Quantity::dram_read),
              "PCM printed nothing for it that could be a rate");
}

TEST_F(Pcm, tells_what_devices_moved_at_their_package) {
    const auto source =
        make_pcm_iio_with(wanted, std::make_unique<fakes::ScriptedLauncher>(script_));
    ASSERT_TRUE(stage_.opens(*source));
    script_.output =
        "Socket,Name,Part,IB write,IB read\nSocket1,a,Part0,10,3\nSocket1,a,Part1,20,4\n";
    stage_.read(*source);

    EXPECT_EQ(stage_.of(package(1), Quantity::link_sent).value, 30.0);
    EXPECT_EQ(stage_.of(package(1), Quantity::link_received).value, 7.0);
}

// A program in a folder of its own that prints the golden output. It tells by a named pipe when it
// has done so: nobody has to sleep or to poll.
class RealChild : public testing::Test {
  protected:
    void program(const std::string& after_output) {
        stage_.write(
            "bin/pcm-memory",
            "#!/bin/sh\ncat " + std::string(MACHINES) + "/pcm/memory.csv\n" + after_output);
        ASSERT_EQ(::chmod((stage_.root() + "/bin/pcm-memory").c_str(), 0700), 0);
        ASSERT_EQ(::mkfifo((stage_.root() + "/said").c_str(), 0600), 0);
    }

    std::unique_ptr<Source> make() {
        return make_pcm_memory_with(wanted,
                                    std::make_unique<KernelChildLauncher>(
                                        std::vector<std::string>{stage_.root() + "/bin"}));
    }

    // Returns when the program has written a line there.
    std::string heard() {
        std::ifstream pipe(stage_.root() + "/said");
        std::string line;
        std::getline(pipe, line);
        return line;
    }

    fakes::Stage stage_;
};

TEST_F(RealChild, is_read_and_asked_to_end) {
    program("trap 'echo cleaned up >" + stage_.root() + "/end; exit 0' TERM\n" +
            "echo \"$PATH $HOME\" >" + stage_.root() + "/said\nsleep 100 & wait\n");
    auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    EXPECT_EQ(heard(), "/usr/sbin:/usr/bin:/sbin:/bin ");
    stage_.read(*source);
    EXPECT_EQ(stage_.of(memory_node(0), Quantity::dram_read).value, 2030e6);

    source.reset();
    std::ifstream end(stage_.root() + "/end");
    std::string line;
    std::getline(end, line);
    EXPECT_EQ(line, "cleaned up");
}

TEST_F(RealChild, inherits_no_descriptor) {
    program("ls /proc/self/fd | tr '\\n' ' ' >" + stage_.root() + "/said\n");
    const std::ifstream inherited("/dev/null");
    auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    EXPECT_EQ(heard(), "0 1 2 3 ");  // The last is the folder that ls reads.
}

TEST_F(RealChild, that_ends_has_its_first_and_last_complaint_as_the_reason) {
    program("echo first >&2; echo second >&2; echo last >&2; echo x >" + stage_.root() + "/said\n");
    auto source = make();
    ASSERT_TRUE(stage_.opens(*source));
    heard();
    // It may still be about to end.
    while (stage_.read(*source, std::chrono::nanoseconds(1))) {
    }
    EXPECT_EQ(stage_.says(*source), "pcm-memory: first ... last");
}

}  // namespace
}  // namespace penstock
