// SPDX-License-Identifier: Apache-2.0
//
// The format "protobuf": its records say what the lines of JSON say, and its numbers never change.

#include "agent/publish/records.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "dbus/metrics.pb.h"
#include "policies/metrics_line.h"
#include "tests/fakes/read_all.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* manager = "org.penstock1.Manager";
const std::string root = "/org/penstock1";

template <typename Record>
std::vector<Record> records_in(const std::string& bytes) {
    std::istringstream stream(bytes);
    google::protobuf::io::IstreamInputStream input(&stream);
    std::vector<Record> records;
    bool clean_end = false;
    while (google::protobuf::util::ParseDelimitedFromZeroCopyStream(
        &records.emplace_back(), &input, &clean_end)) {
    }
    EXPECT_TRUE(clean_end);
    records.pop_back();
    return records;
}

Reply open_stream(BusPair& pair, const char* format) {
    return pair.call(root, manager, "OpenMetricsStream", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "sta{sv}", format, std::uint64_t{1'000'000}, 0);
    });
}

Reply open_history(BusPair& pair) {
    return pair.call(root, manager, "OpenHistory", [](sd_bus_message* message) {
        sd_bus_message_append(
            message, "tta{sv}", std::uint64_t{0}, std::uint64_t{0}, 1, "format", "s", "protobuf");
    });
}

Fd descriptor_in(const Reply& reply) {
    int number = -1;
    EXPECT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_GT(sd_bus_message_read_basic(reply.message.get(), 'h', &number), 0);
    return Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
}

// What comes until the loop has nothing more to do.
std::string taken(BusPair& pair, const Fd& stream) {
    std::string bytes;
    for (int quiet = 0; quiet < 3;) {
        quiet = sd_event_run(pair.event(), 20'000) > 0 ? 0 : quiet + 1;
        bytes += fakes::read_all(stream);
    }
    return bytes;
}

json schema() {
    std::ifstream file(PENSTOCK_TAIL_SCHEMA);
    return json::parse(file)["$defs"];
}

std::vector<std::string> fields_of(const Descriptor& message) {
    std::vector<std::string> names;
    for (int place = 0; place < message.field_count(); ++place) {
        names.push_back(message.field(place)->name());
    }
    return names;
}

std::vector<std::string> properties_of(const json& definition) {
    std::vector<std::string> names;
    for (const auto& [name, property] : definition["properties"].items()) {
        names.push_back(name);
    }
    return names;
}

TEST(Records, have_the_fields_of_the_schema) {
    const json definitions = schema();
    const auto expect_same = [&](const Descriptor* message, const char* name) {
        EXPECT_THAT(fields_of(*message),
                    testing::UnorderedElementsAreArray(properties_of(definitions[name])))
            << name;
    };
    expect_same(v1::MemoryNode::descriptor(), "memory");
    expect_same(v1::Package::descriptor(), "package");
    expect_same(v1::Gpu::descriptor(), "gpu");
    expect_same(v1::Process::descriptor(), "process");
    expect_same(v1::Origin::descriptor(), "origin");
    std::vector<std::string> of_lines = properties_of(definitions["line"]);
    of_lines.emplace_back("dropped");
    EXPECT_THAT(fields_of(*v1::Metrics::descriptor()),
                testing::UnorderedElementsAreArray(of_lines));
}

// Clients have been built with these: to add to the file is right, to change a line never is.
TEST(Records, keep_their_numbers) {
    const auto* file = v1::Metrics::descriptor()->file();
    std::string numbers;
    for (int place = 0; place < file->message_type_count(); ++place) {
        const Descriptor& message = *file->message_type(place);
        for (int field = 0; field < message.field_count(); ++field) {
            const FieldDescriptor& each = *message.field(field);
            numbers += message.name() + ' ' + each.name() + ' ' + each.type_name() + ' ' +
                       std::to_string(each.number()) + '\n';
        }
    }
    std::ifstream golden(PENSTOCK_RECORD_NUMBERS);
    std::ostringstream expected;
    expected << golden.rdbuf();
    EXPECT_EQ(numbers, expected.str());
}

TEST(Records, say_what_the_line_of_the_same_moment_says) {
    BusPair pair;
    suspend(pair.loop.snapshot, 1);
    pair.loop.advance(30ms);
    const Fd lines = descriptor_in(open_stream(pair, "jsonl"));
    const Fd stream = descriptor_in(open_stream(pair, "protobuf"));
    auto records = records_in<v1::Metrics>(taken(pair, stream));
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records[0].queues_suspended(), 2U);
    EXPECT_EQ(records[0].memory(0).read_bytes_per_second(), 20'000'000'000U);
    EXPECT_FALSE(records[0].memory(0).has_write_bytes_per_second());
    EXPECT_EQ(records[0].gpus(0).name(), "gfx90a");
    EXPECT_FALSE(records[0].has_dropped());
    const std::string text = fakes::read_all(lines);
    const std::string line = text.substr(0, text.find('\n') + 1);
    auto same = records_in<v1::Metrics>(dbus::metrics_record(line));
    ASSERT_EQ(same.size(), 1U);
    same[0].set_time(records[0].time());  // Each stream has begun with a round of its own.
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(same[0], records[0])) << line;
}

TEST(Records, tell_how_many_are_missing) {
    const auto records = records_in<v1::Metrics>(dbus::dropped_record(3));
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].dropped(), 3U);
    EXPECT_EQ(dbus::metrics_record(dropped_line(3)), dbus::dropped_record(3));
}

TEST(Records, are_none_of_a_line_that_they_do_not_know) {
    EXPECT_EQ(dbus::metrics_record("{\"dreams\":1}\n"), "");
    EXPECT_EQ(dbus::metrics_record("no line"), "");
}

TEST(Records, of_a_history_have_its_points) {
    BusPair pair;
    pair.loop.snapshot.memory[0].read.value = BytesPerSecond{7};
    pair.loop.advance(1s);
    const auto records = records_in<v1::History>(taken(pair, descriptor_in(open_history(pair))));
    ASSERT_GT(records.size(), 1U);
    EXPECT_EQ(records[0].start().format(), dbus::history_format);
    EXPECT_EQ(records[0].start().step_usec(), 1'000'000U);
    const auto read = std::ranges::find(records, "memory/0/read", &v1::History::series);
    ASSERT_NE(read, records.end());
    EXPECT_EQ(read->unit(), "B/s");
    ASSERT_EQ(read->points_size(), 2);
    EXPECT_EQ(read->points(0).time_usec(), 10'000'000U);
    EXPECT_EQ(read->points(0).mean(), 2e10);
    EXPECT_EQ(read->points(1).least(), 7);
}

}  // namespace
}  // namespace penstock::test
