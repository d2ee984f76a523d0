// SPDX-License-Identifier: Apache-2.0
//
// A recorded run and its replay are the same, snapshot by snapshot.

#include "sim/playback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/probes/accelerators.h"
#include "agent/probes/source_catalogue.h"
#include "policies/catalogue.h"
#include "sim/snapshot_line.h"
#include "tests/unit/recording/taped.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using test::PaperMachine;
using test::Tape;

const std::string nodes = "sys/class/kfd/kfd/topology/nodes";
const std::string metrics = "sys/class/drm/renderD128/device/gpu_metrics";

std::string recorded_metrics() {
    std::ostringstream text;
    text << std::ifstream(std::string(PENSTOCK_CORPORA) + "/gpu_metrics/v3_0", std::ios::binary)
                .rdbuf();
    return text.str();
}

void make_apu(PaperMachine& machine) {
    machine.folders[nodes] = {"1"};
    machine.files[nodes + "/1/gpu_id"] = "7\n";
    machine.files[nodes + "/1/properties"] = "gfx_target_version 110500\ndrm_render_minor 128\n";
    machine.files[metrics] = recorded_metrics();
}

// What happens to the machine before each tick: the file changes, is lost and comes back.
void change(PaperMachine& machine, int tick) {
    constexpr std::size_t reads_offset = 94;
    if (tick == 4) {
        machine.files.erase(metrics);
    } else if (tick == 7) {
        machine.files[metrics] = recorded_metrics();
    } else if (machine.files.contains(metrics) && tick % 3 != 0) {
        machine.files[metrics][reads_offset] = static_cast<char>(tick);
    }
}

constexpr int ticks = 20;
constexpr Duration period = 10s;  // Long enough that a lost source is looked for again.

// The agent's way from the machine to its snapshots, as lines.
std::vector<std::string> live_run(Tape& tape) {
    std::vector<std::string> lines;
    make_apu(tape.paper);
    const Surroundings around = surroundings_of(find_accelerators(tape.machine()), false);
    SourceGroup group(tape.machine(), around);
    for (NumberedSource& source : make_sources({}, around)) {
        group.add(std::move(source.source), source.id);
    }
    MachineState state;
    Readings readings;
    readings.devices = {{.gpu = {7}, .name = "gfx1150", .apu = true}};
    for (int tick = 1; tick <= ticks; ++tick) {
        change(tape.paper, tick);
        const TimePoint now = from_ns(5) + tick * period;
        EXPECT_TRUE(tape.writer().tick(now));
        group.run(now, readings);
        lines.push_back(snapshot_line(state.absorb(readings, now), tick));
        readings.clear();
    }
    return lines;
}

TEST(Playback, shows_what_the_recorded_run_showed) {
    Tape tape;
    const std::vector<std::string> live = live_run(tape);
    const auto machine = tape.play();
    std::vector<std::string> played;
    int tick = 0;
    Playback playback(*machine, *make_policy("fixed-priority"), [&](const Snapshot& seen, double) {
        played.push_back(snapshot_line(seen, ++tick));
    });
    ASSERT_TRUE(playback.run());
    EXPECT_EQ(played, live);
    EXPECT_NE(live[2], live[4]) << "the lost source must show";
    EXPECT_NE(live[8], live[9]) << "its value must change";
}

TEST(Playback, tells_the_time_of_the_recorded_machine) {
    Tape tape;
    tape.tick(5 + 2'000'000'000);
    const auto machine = tape.play();
    double told = 0;
    Playback playback(
        *machine, *make_policy("observe-only"), [&](const Snapshot&, double time) { told = time; });
    ASSERT_TRUE(playback.run());
    EXPECT_DOUBLE_EQ(told, 1'700'000'002.5);
}

TEST(Playback, ends_at_the_line_that_makes_no_sense) {
    const std::string text = test::head_line + "{\"tick\":10}\n{\"tick\":20}\nnonsense\n";
    const auto machine = RecordedMachine::open(std::make_unique<std::istringstream>(text));
    int seen = 0;
    Playback playback(
        **machine, *make_policy("observe-only"), [&](const Snapshot&, double) { ++seen; });
    EXPECT_EQ(playback.run().error().message(), "line 4: it is not a JSON object");
    EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace penstock::sim
