// SPDX-License-Identifier: Apache-2.0

#include "policies/gate_wire.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "tests/unit/wire/samples.h"

namespace penstock::wire {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t header_bytes = 8;

// Header lengths follow the bytes, so that only what a test damages is wrong.
Bytes with_true_length(Bytes bytes) {
    const auto length = static_cast<std::uint32_t>(bytes.size() - header_bytes);
    std::memcpy(&bytes[4], &length, sizeof length);
    return bytes;
}

template <typename Message>
Message decoded(const Bytes& bytes) {
    const Result<ToGate> message = decode_to_gate(bytes);
    EXPECT_TRUE(message) << message.error().message();
    return std::get<Message>(message.value_or(ToGate{}));
}

std::string complaint_to_gate(const Bytes& bytes) {
    const Result<ToGate> message = decode_to_gate(bytes);
    return message ? "none" : message.error().message();
}

std::string complaint_from_gate(const Bytes& bytes) {
    const Result<FromGate> message = decode_from_gate(bytes);
    return message ? "none" : message.error().message();
}

// Two messages are the same when their bytes are: every field travels.
TEST(GateWire, carries_every_message_to_the_gate) {
    const auto samples = samples_to_gate();
    ASSERT_EQ(samples.size(), std::variant_size_v<ToGate>);
    for (const ToGate& sample : samples) {
        const Bytes bytes = encode(sample);
        const Result<ToGate> arrived = decode_to_gate(bytes);
        ASSERT_TRUE(arrived) << arrived.error().message();
        EXPECT_EQ(arrived->index(), sample.index());
        EXPECT_EQ(encode(*arrived), bytes);
    }
}

TEST(GateWire, carries_every_message_from_the_gate) {
    const auto samples = samples_from_gate();
    ASSERT_EQ(samples.size(), std::variant_size_v<FromGate>);
    for (const FromGate& sample : samples) {
        const Bytes bytes = encode(sample);
        const Result<FromGate> arrived = decode_from_gate(bytes);
        ASSERT_TRUE(arrived) << arrived.error().message();
        EXPECT_EQ(arrived->index(), sample.index());
        EXPECT_EQ(encode(*arrived), bytes);
    }
}

TEST(GateWire, keeps_the_values_of_fields) {
    EXPECT_EQ(decoded<Order>(encode(ToGate{Order{sample_order()}})).order, sample_order());

    const QueueAt queue = decoded<AddQueue>(encode(ToGate{AddQueue{sample_queue()}})).queue;
    EXPECT_EQ(queue.key, sample_key());
    EXPECT_EQ(queue.type, QueueType::sdma);
    EXPECT_EQ(queue.write_address, 0x7f0000002038U);
    EXPECT_EQ(queue.slot, 12U);

    const auto acted = decode_from_gate(encode(FromGate{sample_acted()}));
    ASSERT_TRUE(acted);
    EXPECT_EQ(std::get<Acted>(*acted).error, -5);
    EXPECT_EQ(std::get<Acted>(*acted).reason, Reason::longest_suspension);
    EXPECT_EQ(std::get<Acted>(*acted).done_ns, 29);

    const auto said = decode_from_gate(encode(FromGate{Said{.line = "a line"}}));
    ASSERT_TRUE(said);
    EXPECT_EQ(std::get<Said>(*said).line, "a line");
}

TEST(GateWire, refuses_every_message_that_ends_early) {
    for (const ToGate& sample : samples_to_gate()) {
        const Bytes whole = encode(sample);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            EXPECT_FALSE(decode_to_gate(cut)) << "type " << sample.index() << " at " << length;
            if (length >= header_bytes) {
                EXPECT_FALSE(decode_to_gate(with_true_length(cut)));
            }
        }
    }
    for (const FromGate& sample : samples_from_gate()) {
        const Bytes whole = encode(sample);
        for (std::size_t length = header_bytes; length < whole.size(); ++length) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            EXPECT_FALSE(decode_from_gate(cut));
            EXPECT_FALSE(decode_from_gate(with_true_length(cut))) << sample.index();
        }
    }
}

TEST(GateWire, says_what_is_wrong_with_a_length) {
    EXPECT_EQ(complaint_to_gate({}), "a message has 0 bytes, expected 8 to 131072");
    EXPECT_EQ(complaint_to_gate(Bytes(longest_message + 1)),
              "a message has 131073 bytes, expected 8 to 131072");

    Bytes longer = encode(ToGate{Ping{}});
    longer.resize(longer.size() + 3);
    EXPECT_EQ(complaint_to_gate(longer), "a message of type 9 has 11 bytes, but announces 8");
    EXPECT_EQ(complaint_to_gate(with_true_length(longer)),
              "a message of type 9 has 3 bytes too many");
}

TEST(GateWire, refuses_unknown_types_and_those_of_the_other_direction) {
    EXPECT_EQ(complaint_to_gate(Bytes(header_bytes)), "a message of type 0 is unknown");
    EXPECT_EQ(complaint_from_gate(encode(ToGate{Ping{}})), "a message of type 9 is unknown");
    EXPECT_EQ(complaint_to_gate(encode(FromGate{Pong{}})), "a message of type 107 is unknown");
}

TEST(GateWire, refuses_enumerators_that_do_not_exist) {
    constexpr std::size_t verb_at = header_bytes + 12;  // Behind the owner and the device.
    Bytes acted = encode(FromGate{sample_acted()});
    acted[verb_at] = std::byte{2};
    EXPECT_EQ(complaint_from_gate(acted),
              "a message of type 104 is malformed: an enumerator is unknown");
    acted[verb_at] = std::byte{1};
    acted[verb_at + 1] = std::byte{8};
    EXPECT_EQ(complaint_from_gate(acted),
              "a message of type 104 is malformed: an enumerator is unknown");

    constexpr std::size_t level_at = header_bytes + 8;
    Bytes adopted = encode(FromGate{Adopted{}});
    adopted[level_at] = std::byte{255};
    EXPECT_FALSE(decode_from_gate(adopted));

    constexpr std::size_t queue_type_at = header_bytes + 16;
    Bytes added = encode(ToGate{AddQueue{}});
    added[queue_type_at] = std::byte{5};
    EXPECT_FALSE(decode_to_gate(added));
}

TEST(GateWire, refuses_truth_values_other_than_0_and_1) {
    Bytes order = encode(ToGate{Order{.order = {.owners = {{.owner = OwnerId{1}}}}}});
    constexpr std::size_t owners_at = header_bytes + 4 + 4 + 1 + 4 + (4 * 8) + 4;
    constexpr std::size_t preemptible_at = owners_at + 4 + 8 + 4;  // The count comes first.
    ASSERT_EQ(order[preemptible_at], std::byte{1});
    order[preemptible_at] = std::byte{2};
    EXPECT_EQ(complaint_to_gate(order),
              "a message of type 6 is malformed: a truth value is neither 0 nor 1");
}

std::string complaint_about(const DeviceOrder& order) {
    return complaint_to_gate(encode(ToGate{Order{order}}));
}

std::string complaint_about(const RankedOwner& place) {
    return complaint_about(DeviceOrder{.owners = {place}});
}

TEST(GateWire, refuses_rules_for_ranks_that_make_no_sense) {
    using namespace std::chrono_literals;
    const std::string malformed = "a message of type 6 is malformed: ";
    EXPECT_EQ(complaint_about(RankedOwner{.steal = {.quantum = 2s}}),
              malformed + "a stolen quantum is not within 0 to 1 second");
    EXPECT_EQ(complaint_about(RankedOwner{.steal = {.guard = -1ns}}),
              malformed + "a guard time is not within 0 to 1 hour");
    EXPECT_EQ(complaint_about(RankedOwner{.descent = {.allotment = -1ns}}),
              malformed + "an allotment is not within 0 to 1 second");
    EXPECT_EQ(complaint_about(RankedOwner{.descent = {.levels = 0}}),
              malformed + "the levels are not within 1 to 16");
    EXPECT_EQ(complaint_about(RankedOwner{.descent = {.rise = 2h}}),
              malformed + "a time to rise is not within 0 to 1 hour");
    EXPECT_EQ(complaint_about(RankedOwner{.budget = {.period = 2h}}),
              malformed + "the period of a budget is not within 0 to 1 hour");
    EXPECT_EQ(complaint_about(RankedOwner{.budget = {.amount = 2ms, .period = 1ms}}),
              malformed + "a budget is not within 0 to its period");
}

std::string complaint_about(const Levers& levers) {
    return complaint_about(DeviceOrder{.owners = {{.owner = OwnerId{1}, .levers = levers}}});
}

TEST(GateWire, refuses_queue_priorities_that_the_driver_does_not_have) {
    EXPECT_EQ(complaint_about(Levers{.queue_priority = 15}), "none");
    EXPECT_EQ(complaint_about(Levers{.queue_priority = 255}), "none");
    for (const std::uint8_t odd : std::to_array<std::uint8_t>({16, 127, 254})) {
        EXPECT_EQ(complaint_about(Levers{.queue_priority = odd}),
                  "a message of type 6 is malformed: a queue priority is neither 0 to 15 nor 255");
    }
}

TEST(GateWire, refuses_compute_units_that_no_device_has) {
    EXPECT_EQ(complaint_about(Levers{.units = {.first = 1024, .count = 1024}}), "none");
    const std::string complaint =
        "a message of type 6 is malformed: a device has no such compute units";
    EXPECT_EQ(complaint_about(Levers{.units = {.first = 1025}}), complaint);
    EXPECT_EQ(complaint_about(Levers{.units = {.count = 0xffffffff}}), complaint);
}

TEST(GateWire, refuses_bounds_on_suspensions_that_are_out_of_range) {
    DeviceOrder order{.suspension_interval = DeviceOrder::longest_suspension_interval,
                      .suspension_burst = DeviceOrder::most_suspension_burst};
    EXPECT_EQ(complaint_about(order), "none");
    order.suspension_burst = 1025;
    EXPECT_EQ(complaint_about(order),
              "a message of type 6 is malformed: a suspension burst is not within 1 to 1024");
    order.suspension_burst = 0;
    EXPECT_NE(complaint_about(order), "none");
    order.suspension_interval += Duration(1);
    EXPECT_EQ(complaint_about(order),
              "a message of type 6 is malformed: a suspension interval is not within 0 to 60 "
              "seconds");
    order.suspension_interval = Duration(-1);
    EXPECT_NE(complaint_about(order), "none");
}

TEST(GateWire, refuses_more_held_queues_than_an_order_has_room_for) {
    DeviceOrder order;
    order.held_queues.resize(DeviceOrder::most_held_queues);
    EXPECT_EQ(complaint_about(order), "none");
    order.held_queues.emplace_back();
    EXPECT_EQ(complaint_about(order),
              "a message of type 6 is malformed: more than 64 queues of a device are held");
}

TEST(GateWire, refuses_a_held_queue_without_a_number) {
    const DeviceOrder order{.held_queues = {{.owner = OwnerId{1}, .queue = every_queue}}};
    EXPECT_EQ(complaint_about(order),
              "a message of type 6 is malformed: a held queue has no number");
}

TEST(GateWire, cuts_texts_and_refuses_longer_ones) {
    const Bytes bytes = encode(FromGate{Said{.line = std::string(5000, 'x')}});
    const auto arrived = decode_from_gate(bytes);
    ASSERT_TRUE(arrived);
    EXPECT_EQ(std::get<Said>(*arrived).line.size(), longest_text);

    Bytes longer = bytes;
    const std::uint32_t lie = longest_text + 1;
    std::memcpy(&longer[header_bytes + 1], &lie, sizeof lie);
    longer.push_back(std::byte{'x'});
    EXPECT_EQ(complaint_from_gate(with_true_length(longer)),
              "a message of type 108 is malformed: a text is too long");
}

TEST(GateWire, refuses_a_text_that_is_shorter_than_announced) {
    Bytes said = encode(FromGate{Said{.line = "abc"}});
    const std::uint32_t lie = 4;
    std::memcpy(&said[header_bytes + 1], &lie, sizeof lie);
    EXPECT_EQ(complaint_from_gate(said),
              "a message of type 108 is malformed: it ends inside a text");
}

TEST(GateWire, cuts_lists_at_what_fits_a_message) {
    Sampled crowd;
    crowd.queues.resize(10'000);
    const Bytes bytes = encode(FromGate{crowd});
    EXPECT_LE(bytes.size(), longest_message);
    const auto arrived = decode_from_gate(bytes);
    ASSERT_TRUE(arrived) << arrived.error().message();
    EXPECT_GT(std::get<Sampled>(*arrived).queues.size(), 3900U);
}

TEST(GateWire, refuses_an_order_for_more_owners_than_the_agent_knows) {
    const std::string complaint =
        "a message of type 6 is malformed: an order names more than 4096 owners";
    EXPECT_EQ(complaint_to_gate(encode(ToGate{Order{.first = 4096}})), "none");
    EXPECT_EQ(complaint_to_gate(encode(ToGate{Order{.first = 4097}})), complaint);
    EXPECT_EQ(complaint_to_gate(encode(ToGate{Order{.order = {.owners = {{}}}, .first = 4096}})),
              complaint);
}

TEST(GateWire, does_not_trust_the_announced_number_of_list_items) {
    Bytes sampled = encode(FromGate{Sampled{}});
    const std::uint32_t lie = 0xffffffff;
    std::memcpy(&sampled[header_bytes + 8], &lie, sizeof lie);
    EXPECT_EQ(complaint_from_gate(sampled),
              "a message of type 105 is malformed: it ends too early");
}

}  // namespace
}  // namespace penstock::wire
