// SPDX-License-Identifier: Apache-2.0
//
// The C interface as a program without an agent meets it, and with a board put under its client.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"
#include "tests/unit/libpenstock/busy_board.h"

namespace penstock::client {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t megabyte = 1'000'000;

// On a bus that there is not.
class Interface : public testing::Test {
  protected:
    void open(bool critical = false) {
        const penstock_options options{.size = sizeof(penstock_options),
                                       .bus = "unix:path=/nonexistent/bus",
                                       .wait_ms = 0,
                                       .node = PENSTOCK_ALL_NODES,
                                       .critical = critical ? 1U : 0U};
        ASSERT_EQ(penstock_open(&options, &client), 0) << penstock_error();
    }

    void show(ThrottleLevel level, double batch_scale = 1) {
        test::write(board, {test::busy_node(0, level, batch_scale)});
        ASSERT_TRUE(client->view.show(board.reader().value()));
    }

    void TearDown() override { penstock_close(client); }

    dbus::BoardPage board = test::page();
    penstock_client* client = nullptr;
};

TEST_F(Interface, does_nothing_without_an_agent_and_says_why) {
    open();
    client->keeper->wait(std::chrono::milliseconds(20));
    EXPECT_NE(std::string(penstock_reason(client)), "");
    EXPECT_EQ(penstock_throttle_level(client), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(penstock_batch_scale(client), 1);
    EXPECT_EQ(penstock_batch(client, 64, 0, megabyte), 64U);
    penstock_board_node node{};
    EXPECT_EQ(penstock_board_read(client, 0, &node), -ENODATA);
    EXPECT_EQ(penstock_set_priority(client, 1), -EHOSTUNREACH);
    EXPECT_THAT(penstock_error(), HasSubstr("/nonexistent/bus"));
    penstock_op op{};
    penstock_op_begin(client, PENSTOCK_OP_LARGE_MATMUL, 1000 * megabyte, &op);
    EXPECT_EQ(op.waited_ns, 0U);
    penstock_op_end(client, &op);
}

TEST_F(Interface, takes_no_client_for_no_agent) {
    EXPECT_EQ(penstock_throttle_level(nullptr), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(penstock_batch_scale(nullptr), 1);
    EXPECT_EQ(penstock_batch(nullptr, 8, 0, 1), 8U);
    EXPECT_STREQ(penstock_reason(nullptr), "there is no client");
    EXPECT_EQ(penstock_set_weight(nullptr, 1), -EINVAL);
    penstock_op op{};
    penstock_op_begin(nullptr, 0, 0, &op);
    penstock_op_end(nullptr, &op);
    penstock_op_begin(nullptr, 0, 0, nullptr);
    penstock_op_end(nullptr, nullptr);
    penstock_close(nullptr);
}

TEST_F(Interface, refuses_arguments_that_make_no_sense) {
    EXPECT_EQ(penstock_open(nullptr, nullptr), -EINVAL);
    const penstock_options sizeless{};
    EXPECT_EQ(penstock_open(&sizeless, &client), -EINVAL);
    EXPECT_EQ(client, nullptr);
    open();
    EXPECT_EQ(penstock_board_read(client, 0, nullptr), -EINVAL);
    EXPECT_EQ(penstock_set_class(client, nullptr), -EINVAL);
    penstock_op_figures stats{};
    EXPECT_EQ(penstock_op_stats(client, 0, &stats), -EINVAL) << "it does not say its size";
    stats.size = sizeof(stats);
    EXPECT_EQ(penstock_op_stats(client, 5, &stats), -EINVAL);
    EXPECT_EQ(penstock_op_stats(client, 1000, &stats), -EINVAL);
    penstock_advice advice{};
    const penstock_costs costs{};
    EXPECT_EQ(penstock_device_advice(client, &costs, &advice), -EINVAL);
}

TEST_F(Interface, reads_the_board) {
    open();
    show(ThrottleLevel::reduce_batch, 0.49);
    EXPECT_STREQ(penstock_reason(client), "");
    EXPECT_EQ(penstock_throttle_level(client), PENSTOCK_THROTTLE_REDUCE_BATCH);
    EXPECT_EQ(penstock_batch_scale(client), 0.49);
    penstock_board_node node{};
    ASSERT_EQ(penstock_board_read(client, 0, &node), 0);
    EXPECT_EQ(node.peak_bytes_per_second, 40'000 * megabyte);
    EXPECT_EQ(penstock_board_read(client, 1, &node), -ENOENT);
}

TEST_F(Interface, makes_a_batch_smaller_where_that_saves_bytes) {
    open();
    show(ThrottleLevel::reduce_batch, 0.49);
    EXPECT_EQ(penstock_batch(client, 64, 0, megabyte), 31U);
    EXPECT_EQ(penstock_batch(client, 1, 0, megabyte), 1U);
    EXPECT_EQ(penstock_batch(client, 0, 0, megabyte), 0U);
    EXPECT_EQ(penstock_batch(client, 64, 63 * megabyte, megabyte), 31U);
    EXPECT_EQ(penstock_batch(client, 64, 64 * megabyte, megabyte), 64U)
        << "a smaller one would read the weights more often";
    EXPECT_EQ(penstock_batch(client, UINT32_MAX, 0, UINT64_MAX), 2'104'533'974U);
}

TEST_F(Interface, counts_operations_by_class) {
    open();
    for (int each = 0; each < 3; ++each) {
        penstock_op op{};
        penstock_op_begin(client, PENSTOCK_OP_USER + 7, 0, &op);
        penstock_op_end(client, &op);
        penstock_op_end(client, &op);
    }
    penstock_op_figures stats{};
    stats.size = sizeof(stats);
    ASSERT_EQ(penstock_op_stats(client, PENSTOCK_OP_USER + 7, &stats), 0);
    EXPECT_EQ(stats.count, 3U) << "an end that comes twice counts once";
    EXPECT_EQ(stats.size, sizeof(stats));
    ASSERT_EQ(penstock_op_stats(client, PENSTOCK_OP_USER, &stats), 0);
    EXPECT_EQ(stats.count, 0U);
    EXPECT_STREQ(penstock_op_name(PENSTOCK_OP_USER + 7), "user_7");
    EXPECT_STREQ(penstock_op_name(PENSTOCK_OP_EXPERT_FFN), "expert_ffn");
    EXPECT_EQ(penstock_op_name(5), nullptr);
    EXPECT_EQ(penstock_op_name(UINT32_MAX), nullptr);
}

TEST_F(Interface, writes_no_more_than_the_program_knows_of_a_structure) {
    open();

    struct Shorter {
        std::size_t size;
        std::uint64_t count;
        std::uint64_t after;
    } shorter{.size = 2 * sizeof(std::uint64_t), .count = 9, .after = 77};

    ASSERT_EQ(penstock_op_stats(client, 0, reinterpret_cast<struct penstock_op_figures*>(&shorter)),
              0);
    EXPECT_EQ(shorter.count, 0U);
    EXPECT_EQ(shorter.after, 77U);
}

// Operations of so many ticks have run before, so that there is something to wait a quarter of.
void run_before(penstock_client& client, std::uint32_t op_class, std::uint64_t ticks) {
    for (int each = 0; each < 100; ++each) {
        client.operations.at(op_class).ended(ticks);
    }
}

constexpr std::uint64_t many_ticks = 20'000'000;  // Some milliseconds, at any clock.

TEST_F(Interface, delays_heavy_operations_where_the_level_asks_for_it) {
    open();
    run_before(*client, PENSTOCK_OP_EXPERT_FFN, many_ticks);
    show(ThrottleLevel::delay_launch);
    penstock_op op{};
    penstock_op_begin(client, PENSTOCK_OP_EXPERT_FFN, 100'000 * megabyte, &op);
    EXPECT_GT(op.waited_ns, 0U);
    penstock_op_end(client, &op);
    penstock_op_figures stats{};
    stats.size = sizeof(stats);
    ASSERT_EQ(penstock_op_stats(client, PENSTOCK_OP_EXPERT_FFN, &stats), 0);
    EXPECT_EQ(stats.waits, 1U);
    EXPECT_EQ(stats.waited_ns, op.waited_ns);
}

TEST_F(Interface, delays_no_light_operation_nor_any_below_the_level) {
    open();
    run_before(*client, PENSTOCK_OP_EXPERT_FFN, many_ticks);
    show(ThrottleLevel::reduce_batch);
    penstock_op op{};
    penstock_op_begin(client, PENSTOCK_OP_EXPERT_FFN, 100'000 * megabyte, &op);
    EXPECT_EQ(op.waited_ns, 0U);
    show(ThrottleLevel::fall_back);
    penstock_op_begin(client, PENSTOCK_OP_EXPERT_FFN, megabyte, &op);
    EXPECT_EQ(op.waited_ns, 0U);
    penstock_op_begin(client, PENSTOCK_OP_LARGE_MATMUL, 100'000 * megabyte, &op);
    EXPECT_EQ(op.waited_ns, 0U) << "the first of its kind";
}

TEST_F(Interface, never_delays_the_critical_nor_sends_them_elsewhere) {
    open(true);
    run_before(*client, PENSTOCK_OP_EXPERT_FFN, many_ticks);
    show(ThrottleLevel::fall_back);
    penstock_op op{};
    penstock_op_begin(client, PENSTOCK_OP_EXPERT_FFN, 100'000 * megabyte, &op);
    EXPECT_EQ(op.waited_ns, 0U);
    penstock_costs costs{};
    costs.size = sizeof(costs);
    costs.other_memory = 1;
    penstock_advice advice{};
    ASSERT_EQ(penstock_device_advice(client, &costs, &advice), 0);
    EXPECT_EQ(advice.device, PENSTOCK_DEVICE_ANY);
    EXPECT_EQ(advice.reason, PENSTOCK_ADVICE_CRITICAL);
}

TEST_F(Interface, advises_by_the_costs_of_an_operation) {
    open();
    show(ThrottleLevel::fall_back);
    penstock_costs costs{};
    costs.size = sizeof(costs);
    costs.gpu_bytes = 100 * megabyte;
    costs.cpu_bytes = 100 * megabyte;
    costs.cpu_bytes_per_second = 1'000 * megabyte;  // What is left is 2 GB/s.
    penstock_advice advice{};
    ASSERT_EQ(penstock_device_advice(client, &costs, &advice), 0);
    EXPECT_EQ(advice.device, PENSTOCK_DEVICE_GPU);
    EXPECT_EQ(advice.reason, PENSTOCK_ADVICE_SAME_MEMORY);
    EXPECT_GT(advice.valid_until_ns, to_ns(monotonic_now()));
}

// The exit status of a child that does this.
template <typename Child>
int status_of_child(Child child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(child());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Interface, goes_on_reading_after_a_fork_and_leaves_the_bus_alone) {
    open();
    show(ThrottleLevel::reduce_batch);
    const int status = status_of_child([&] {
        penstock_op op{};
        penstock_op_begin(client, 0, 0, &op);
        penstock_op_end(client, &op);
        const bool reads = penstock_throttle_level(client) == PENSTOCK_THROTTLE_REDUCE_BATCH;
        const bool refused = penstock_set_priority(client, 1) == -ECHILD;
        penstock_close(client);
        return reads && refused ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(penstock_throttle_level(client), PENSTOCK_THROTTLE_REDUCE_BATCH);
}

TEST_F(Interface, opens_anew_after_a_fork) {
    open();
    const int status = status_of_child([] {
        penstock_client* own = nullptr;
        const penstock_options options{.size = sizeof(penstock_options),
                                       .bus = "unix:path=/nonexistent/bus",
                                       .wait_ms = 0,
                                       .node = 0,
                                       .critical = 0};
        const int opened = penstock_open(&options, &own);
        const bool asked = penstock_set_priority(own, 1) == -EHOSTUNREACH;
        penstock_close(own);
        return opened == 0 && asked ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace penstock::client
