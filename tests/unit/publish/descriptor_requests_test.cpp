// SPDX-License-Identifier: Apache-2.0
//
// What clients are answered with a descriptor for, over the bus.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "agent/publish/metric_streams.h"
#include "base/fd.h"
#include "tests/fakes/read_all.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* manager = "org.penstock1.Manager";
const std::string root = "/org/penstock1";
constexpr std::uint64_t second_usec = 1'000'000;

Reply open_stream(BusPair& pair, const char* format, std::uint64_t interval_usec) {
    return pair.call(root, manager, "OpenMetricsStream", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "sta{sv}", format, interval_usec, 0);
    });
}

// A copy of the descriptor in the answer, which is the client's own.
Fd descriptor_in(const Reply& reply) {
    int number = -1;
    EXPECT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_GT(sd_bus_message_read_basic(reply.message.get(), 'h', &number), 0);
    return Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
}

// The next line of a stream, while the service is at work.
std::string next_line(BusPair& pair, const Fd& stream) {
    std::string text = fakes::read_all(stream);
    while (!text.ends_with('\n')) {
        if (sd_event_run(pair.event(), 20'000'000) <= 0) {
            ADD_FAILURE() << "no line";
            break;
        }
        text += fakes::read_all(stream);
    }
    return text;
}

std::string dumped(BusPair& pair) {
    return fakes::read_all(descriptor_in(pair.call(root, manager, "DumpState")));
}

TEST(OpenMetricsStream, shows_what_the_bus_shows) {
    BusPair pair;
    suspend(pair.loop.snapshot, 1);
    pair.loop.advance(std::chrono::milliseconds(30));
    const Fd stream = descriptor_in(open_stream(pair, "jsonl", second_usec));
    const std::string line = next_line(pair, stream);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_THAT(line, HasSubstr(R"("emulated":true,"queues_running":1,"queues_suspended":2,)"));
    EXPECT_THAT(line, HasSubstr(R"("read_bytes_per_second":20000000000,)"));
    EXPECT_THAT(line, HasSubstr(R"("write_bytes_per_second":null,)"));
    EXPECT_THAT(line, HasSubstr(R"("gpu_id":51432,"name":"gfx90a","queues":3,)"));
    EXPECT_THAT(line, HasSubstr(R"("power_watts":35.5,)"));
    EXPECT_THAT(
        line,
        HasSubstr(R"("pid":4300,"command":"trainer","priority":0,"weight":100,"class":"normal",)"
                  R"("deadline_seconds":null,"cost_seconds":null,"state":"preempted",)"
                  R"("queues":2,"occupancy":0.5,"preempted_seconds":0.03,)"
                  R"("preemptions":1,"energy_method":null,)"));
}

TEST(OpenMetricsStream, gives_an_end_that_only_reads) {
    BusPair pair;
    const Fd stream = descriptor_in(open_stream(pair, "jsonl", second_usec));
    EXPECT_NE(::fcntl(stream.get(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_LT(::send(stream.get(), "x", 1, MSG_NOSIGNAL), 0);
}

TEST(OpenMetricsStream, names_the_formats_there_are) {
    BusPair pair;
    const Reply reply = open_stream(pair, "proto\nbuf", second_usec);
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_EQ(reply.error_sentence,
              "there is no format \"proto?buf\": there are \"jsonl\" and \"protobuf\"");
}

TEST(OpenMetricsStream, names_the_range_of_intervals) {
    BusPair pair;
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{99'999}, UINT64_MAX}) {
        const Reply reply = open_stream(pair, "jsonl", wrong);
        EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs");
        EXPECT_EQ(
            reply.error_sentence,
            std::to_string(wrong) + " us is out of range: intervals are 100000..3600000000 us");
    }
}

TEST(OpenMetricsStream, knows_no_options) {
    BusPair pair;
    const Reply reply = pair.call(root, manager, "OpenMetricsStream", [](sd_bus_message* message) {
        sd_bus_message_append(message, "sta{sv}", "jsonl", second_usec, 1, "who", "s", "a test");
    });
    EXPECT_THAT(reply.error_sentence, HasSubstr("there is no option \"who\""));
}

TEST(OpenMetricsStream, is_bounded_for_root_as_well) {
    BusPair pair;
    std::vector<Fd> streams;
    for (std::size_t i = 0; i < dbus::MetricStreams::most_of_a_user; ++i) {
        streams.push_back(descriptor_in(open_stream(pair, "jsonl", second_usec)));
    }
    const Reply reply = open_stream(pair, "jsonl", second_usec);
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_THAT(reply.error_sentence, HasSubstr("8 streams are open"));
}

TEST(DumpState, tells_all_there_is) {
    BusPair pair;
    pair.service().set_features({"kfd-debug", "emulated"});
    pair.service().degraded({"BPF is not permitted: queues are sampled"});
    pair.service().show_cpu_limits({"quota, share 0.70"});
    suspend(pair.loop.snapshot, 1);
    pair.loop.advance(std::chrono::milliseconds(30));
    const Fd stream = descriptor_in(open_stream(pair, "jsonl", second_usec));
    const std::string text = dumped(pair);
    EXPECT_THAT(text, HasSubstr("penstock " PENSTOCK_VERSION "\n"));
    for (const char* part :
         {"state: degraded\n",
          "degraded: BPF is not permitted: queues are sampled\n",
          "policy: fixed-priority\n  SettleSec: 1ms\n  QuantumSec: 5ms\n  AgingSec: 0\n",
          "preemption: enabled\n",
          "cpu throttle: quota, share 0.70\n",
          "features: kfd-debug, emulated\n",
          "queues: 3, of which 2 suspended\n",
          "200 us in the 99th percentile",
          "device 51432: gfx90a, emulated, scheduler unknown",
          "pcie_tx_bytes_per_second: 1500000000, counter (gpu_metrics)\n",
          "memory node 0, emulated\n",
          "write_bytes_per_second: unknown (no counter of writes)\n",
          "total_bytes_per_second: unknown\n",
          "throttle level none (relieved), batch scale 1.00, target 0.85\n",
          "package 0\n",
          "power_watts: 35.5, counter (perf power)\n",
          "process 4300: trainer, id 2, uid 1000, started at 5.000000 s, preempted\n",
          "priority: 0 (default)\n",
          "weight: 100 (default)\n",
          "class: normal (default)\n",
          "deadline: none (default)\n",
          "cost: none (default)\n",
          "level: debug-suspend (Linux 6.8 can suspend through the debug",
          "preempted: 0.030000 s in 1 times\n",
          "queue 1 on device 51432: compute-aql of the application, preempted, ",
          "occupancy 0.5, preempted 30000 us in 1 times\n",
          "source uncore_imc: absent (there is no such counter)\n",
          "leases: 0 held, 0 waited for\n  so far: 0 granted, 0 not in time, 0 before others",
          "stream: every 1.000000 s, "}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(text, Not(HasSubstr("polkit")));
}

TEST(DumpState, makes_foreign_text_printable) {
    BusPair pair;
    pair.loop.snapshot.owners[0].command = "\x1b[2Jevil\nprocess 1: init\xff";
    pair.loop.publish();
    EXPECT_THAT(dumped(pair), HasSubstr("process 4242: ?[2Jevil?process 1: init?, id 1,"));
}

TEST(DumpState, is_a_file_that_nobody_changes) {
    BusPair pair;
    const Fd file = descriptor_in(pair.call(root, manager, "DumpState"));
    EXPECT_EQ(::fcntl(file.get(), F_GETFL) & O_ACCMODE, O_RDONLY);
    EXPECT_NE(::fcntl(file.get(), F_GET_SEALS) & F_SEAL_WRITE, 0);
}

TEST(DumpState, is_of_the_moment) {
    BusPair pair;
    const Fd before = descriptor_in(pair.call(root, manager, "DumpState"));
    pair.loop.snapshot.owners.clear();
    pair.loop.snapshot.queues.clear();
    pair.loop.publish();
    EXPECT_THAT(dumped(pair), Not(HasSubstr("process")));
    EXPECT_THAT(fakes::read_all(before), HasSubstr("process 4242"));
}

TEST(DumpState, is_not_counted_for_the_agent_s_own_user) {
    BusPair pair;
    for (std::uint32_t i = 0; i <= dbus::dumps_at_once; ++i) {
        EXPECT_TRUE(pair.call(root, manager, "DumpState").ok());
    }
}

}  // namespace
}  // namespace penstock::test
