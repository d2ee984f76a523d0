// SPDX-License-Identifier: Apache-2.0
//
// The board and the levels on it, over the bus.

#include "client/libpenstock/include/penstock/board.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using dbus::BoardPage;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* memory = "org.penstock1.MemoryNode";
const std::string root = "/org/penstock1";

// What the reader's descriptor shows.
class Seen {
  public:
    explicit Seen(const Fd& reader)
        : memory_(Mapping::open(reader, 0, PENSTOCK_BOARD_SIZE, Mapping::Access::read_only)) {}

    [[nodiscard]] const penstock_board& board() const {
        return *reinterpret_cast<const penstock_board*>(memory_.value().start());
    }

  private:
    Result<Mapping> memory_;
};

BoardPage page(const Fd& former = {}) {
    return BoardPage::make(former, from_ns(7'000'000)).value();
}

Fd descriptor_in(const Reply& reply) {
    int number = -1;
    EXPECT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_GT(sd_bus_message_read_basic(reply.message.get(), 'h', &number), 0);
    return Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
}

TEST(Board, shows_levels_to_who_asks_for_it) {
    BusPair pair;
    pair.service().show_board(page());
    MemoryNode& node = pair.loop.snapshot.memory[0];
    node.throttle.level = ThrottleLevel::delay_launch;
    node.throttle.utilization = 0.91;
    node.throttle.batch_scale = 0.49;
    node.total.value = BytesPerSecond{91};
    node.peak.value = BytesPerSecond{100};
    pair.service().publishes_again_within(30ms);
    pair.loop.advance(10ms);
    const Seen seen(descriptor_in(pair.call(root, manager, "OpenBoard")));
    const penstock_board& board = seen.board();
    EXPECT_EQ(board.header.magic, PENSTOCK_BOARD_MAGIC);
    EXPECT_EQ(board.header.written_ns, to_ns(pair.loop.snapshot.now));
    EXPECT_GE(board.header.valid_ns, 30'000'000);
    EXPECT_EQ(board.header.node_count, 1U);
    EXPECT_EQ(board.header.sequence % 2, 0U);
    EXPECT_EQ(board.nodes[0].throttle_level, PENSTOCK_THROTTLE_DELAY_LAUNCH);
    EXPECT_EQ(board.nodes[0].utilization, 0.91);
    EXPECT_EQ(board.nodes[0].batch_scale, 0.49);
    EXPECT_EQ(board.nodes[0].peak_bytes_per_second, 100U);
    EXPECT_EQ(board.nodes[0].spare_bytes_per_second, 4U);
    EXPECT_EQ(board.nodes[0].confidence, PENSTOCK_CONFIDENCE_COUNTER);
    EXPECT_EQ(board.nodes[0].flags, PENSTOCK_BOARD_EMULATED);
    EXPECT_EQ(pair.get_text(root, manager, "BoardGeneration"),
              std::to_string(board.header.generation));
}

TEST(Board, says_unknown_of_what_nobody_measures) {
    BoardPage written = page();
    Snapshot snapshot;
    snapshot.memory = {{.number = 3}};
    written.write(snapshot, 1s);
    const Seen seen(written.reader().value());
    EXPECT_EQ(seen.board().nodes[0].node, 3U);
    EXPECT_LT(seen.board().nodes[0].utilization, 0);
    EXPECT_EQ(seen.board().nodes[0].confidence, PENSTOCK_CONFIDENCE_UNKNOWN);
    EXPECT_EQ(seen.board().nodes[0].spare_bytes_per_second, UINT64_MAX);
    EXPECT_EQ(seen.board().nodes[0].batch_scale, 1);
}

TEST(Board, gives_advice_only_where_a_level_asks_to_fall_back) {
    BoardPage written = page();
    Snapshot snapshot = sample_snapshot();
    const Seen seen(written.reader().value());
    written.write(snapshot, 1s);
    EXPECT_EQ(seen.board().nodes[0].advice_reason, PENSTOCK_ADVICE_NOT_SATURATED);
    snapshot.memory[0].throttle.level = ThrottleLevel::fall_back;
    written.write(snapshot, 1s);
    EXPECT_EQ(seen.board().nodes[0].advice_reason, PENSTOCK_ADVICE_COSTS_UNKNOWN);
    snapshot.devices[0].apu = true;
    written.write(snapshot, 1s);
    EXPECT_EQ(seen.board().nodes[0].advice_reason, PENSTOCK_ADVICE_SAME_MEMORY);
    EXPECT_EQ(seen.board().nodes[0].advice_device, PENSTOCK_DEVICE_ANY);
    EXPECT_EQ(seen.board().nodes[0].advice_valid_until_ns, to_ns(snapshot.now + 1s));
}

TEST(Board, holds_the_first_63_nodes) {
    BoardPage written = page();
    Snapshot snapshot;
    snapshot.memory.resize(100);
    for (std::uint32_t number = 0; number < 100; ++number) {
        snapshot.memory[number].number = number;
    }
    written.write(snapshot, 1s);
    const Seen seen(written.reader().value());
    EXPECT_EQ(seen.board().header.node_count, PENSTOCK_BOARD_MOST_NODES);
    EXPECT_EQ(seen.board().nodes[62].node, 62U);
}

TEST(Board, is_followed_by_one_of_a_higher_generation) {
    auto first = std::make_optional(page());
    const Fd kept = first->reader().value();
    const BoardPage second = page(kept);
    EXPECT_EQ(second.generation(), first->generation() + 1);
    EXPECT_EQ(page(second.reader().value()).generation(), second.generation() + 1);
    const Seen seen(kept);
    EXPECT_EQ(seen.board().header.flags, 0U);
    first.reset();
    EXPECT_EQ(seen.board().header.flags, PENSTOCK_BOARD_CLOSED);
}

TEST(Board, takes_nothing_else_for_a_former_board) {
    const Fd other = SealedPage::make("other", PENSTOCK_BOARD_SIZE)->reader().value();
    EXPECT_EQ(page(other).generation(), 7'000U);
    EXPECT_EQ(page(open_path("/dev/null", O_RDONLY).value()).generation(), 7'000U);
}

TEST(Board, is_never_seen_half_written) {
    BoardPage written = page();
    const Seen seen(written.reader().value());
    std::atomic<bool> over = false;
    // Each round writes one number into several fields.
    std::thread writer([&] {
        Snapshot snapshot;
        snapshot.memory = {{.number = 0}, {.number = 1}};
        for (int round = 0; round < 200'000; ++round) {
            for (MemoryNode& node : snapshot.memory) {
                node.throttle.batch_scale = round;
                node.throttle.utilization = round;
            }
            written.write(snapshot, 1s);
        }
        over = true;
    });
    const auto load = [](const auto& field) { return __atomic_load_n(&field, __ATOMIC_ACQUIRE); };
    int mixed = 0;
    while (!over) {
        penstock_board copy{};
        const std::uint64_t before = load(seen.board().header.sequence);
        std::memcpy(&copy, &seen.board(), sizeof(copy));
        std::atomic_thread_fence(std::memory_order_acquire);
        const bool whole = before % 2 == 0 && before == load(seen.board().header.sequence);
        if (whole && (copy.nodes[0].batch_scale != copy.nodes[1].utilization &&
                      copy.header.node_count == 2)) {
            ++mixed;
        }
    }
    writer.join();
    EXPECT_EQ(mixed, 0);
}

TEST(Board, is_refused_where_there_is_none) {
    BusPair pair;
    const Reply reply = pair.call(root, manager, "OpenBoard");
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.NotSupported");
    EXPECT_EQ(pair.get_text(root, manager, "BoardGeneration"), "0");
}

// The sizes and places of all fields, as the golden file has them.
TEST(Board, has_the_frozen_layout) {
    std::ostringstream layout;
    layout << "board " << sizeof(penstock_board) << '\n';
#define PENSTOCK_PLACE(type, field) \
    layout << #type "." #field " " << offsetof(penstock_##type, field) << '\n'
    PENSTOCK_PLACE(board_header, magic);
    PENSTOCK_PLACE(board_header, abi);
    PENSTOCK_PLACE(board_header, size);
    PENSTOCK_PLACE(board_header, node_size);
    PENSTOCK_PLACE(board_header, sequence);
    PENSTOCK_PLACE(board_header, generation);
    PENSTOCK_PLACE(board_header, written_ns);
    PENSTOCK_PLACE(board_header, valid_ns);
    PENSTOCK_PLACE(board_header, node_count);
    PENSTOCK_PLACE(board_header, flags);
    PENSTOCK_PLACE(board, nodes);
    PENSTOCK_PLACE(board_node, node);
    PENSTOCK_PLACE(board_node, throttle_level);
    PENSTOCK_PLACE(board_node, utilization);
    PENSTOCK_PLACE(board_node, batch_scale);
    PENSTOCK_PLACE(board_node, peak_bytes_per_second);
    PENSTOCK_PLACE(board_node, spare_bytes_per_second);
    PENSTOCK_PLACE(board_node, advice_valid_until_ns);
    PENSTOCK_PLACE(board_node, advice_device);
    PENSTOCK_PLACE(board_node, advice_reason);
    PENSTOCK_PLACE(board_node, advice_confidence);
    PENSTOCK_PLACE(board_node, confidence);
    PENSTOCK_PLACE(board_node, flags);
#undef PENSTOCK_PLACE
    std::ostringstream golden;
    golden << std::ifstream(PENSTOCK_BOARD_LAYOUT).rdbuf();
    EXPECT_EQ(layout.str(), golden.str());
}

TEST(ThrottleLevel, is_announced_and_signalled) {
    BusPair pair;
    pair.loop.advance(200ms);
    pair.heard();
    pair.loop.snapshot.memory[0].throttle.level = ThrottleLevel::fall_back;
    pair.loop.snapshot.memory[0].throttle.cause = ThrottleCause::saturated;
    pair.loop.advance(10ms);
    EXPECT_THAT(pair.heard(),
                ElementsAre(testing::Field(&Heard::member, "ThrottleChanged"),
                            Heard{"PropertiesChanged", memory_path, {"ThrottleLevel"}},
                            Heard{"PropertiesChanged", root, {"ThrottleLevel"}}));
    EXPECT_EQ(pair.get_text(memory_path, memory, "ThrottleLevel"), "3");
    EXPECT_EQ(pair.get_text(root, manager, "ThrottleLevel"), "3");
}

TEST(ThrottleLevel, is_signalled_within_the_budget) {
    BusPair pair;
    for (int change = 0; change < 50; ++change) {
        Throttle& throttle = pair.loop.snapshot.memory[0].throttle;
        throttle.level = change % 2 == 0 ? ThrottleLevel::reduce_batch : ThrottleLevel::none;
        pair.loop.advance(1ms);
    }
    auto heard = pair.heard();
    std::erase_if(heard, [](const Heard& each) { return each.member != "ThrottleChanged"; });
    EXPECT_EQ(heard.size(), dbus::SignalBudget::per_second);
    EXPECT_EQ(pair.service().dropped_signals(), 50 - dbus::SignalBudget::per_second);
}

TEST(TargetUtilization, is_carried_out_and_announced) {
    BusPair pair;
    pair.loop.advance(200ms);
    pair.heard();
    EXPECT_EQ(pair.get_text(memory_path, memory, "TargetUtilization"), "0.85");
    EXPECT_TRUE(pair.set(memory_path, memory, "TargetUtilization", "d", "0.5").ok());
    EXPECT_THAT(pair.loop.asked, ElementsAre("aim 0 at 0.5"));
    EXPECT_EQ(pair.get_text(memory_path, memory, "TargetUtilization"), "0.5");
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{"PropertiesChanged", memory_path, {"TargetUtilization"}}));
}

TEST(TargetUtilization, is_refused_out_of_range) {
    BusPair pair;
    for (const char* wrong : {"0.05", "0.95", "-1", "nan", "inf"}) {
        const Reply reply = pair.set(memory_path, memory, "TargetUtilization", "d", wrong);
        EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs") << wrong;
        EXPECT_THAT(reply.error_sentence, HasSubstr("from 0.1 to 0.9")) << wrong;
    }
    EXPECT_TRUE(pair.loop.asked.empty());
}

}  // namespace
}  // namespace penstock::test
