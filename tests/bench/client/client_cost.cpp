// SPDX-License-Identifier: Apache-2.0
//
// What a program pays for libpenstock: a look at the board, and a scope around an operation.

#include <benchmark/benchmark.h>

#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"
#include "tests/unit/libpenstock/busy_board.h"

namespace penstock::bench {
namespace {

// With a live board of so many nodes, without a bus.
class OpenClient {
  public:
    explicit OpenClient(int nodes) {
        const penstock_options options{.size = sizeof(penstock_options),
                                       .bus = "unix:path=/nonexistent/bus",
                                       .wait_ms = 0,
                                       .node = PENSTOCK_ALL_NODES,
                                       .critical = 0};
        penstock_open(&options, &client_);
        std::vector<MemoryNode> memory;
        for (int number = 0; number < nodes; ++number) {
            memory.push_back(
                test::busy_node(static_cast<std::uint32_t>(number), ThrottleLevel::none, 1));
        }
        test::write(board_, std::move(memory));
        static_cast<void>(client_->view.show(board_.reader().value()));
    }

    ~OpenClient() { penstock_close(client_); }

    OpenClient(const OpenClient&) = delete;
    OpenClient& operator=(const OpenClient&) = delete;
    OpenClient(OpenClient&&) = delete;
    OpenClient& operator=(OpenClient&&) = delete;

    [[nodiscard]] penstock_client* get() const { return client_; }

  private:
    dbus::BoardPage board_ = test::page();
    penstock_client* client_ = nullptr;
};

void board_read(benchmark::State& state) {
    const OpenClient client(static_cast<int>(state.range(0)));
    penstock_board_node node{};
    for (auto each : state) {
        static_cast<void>(each);
        benchmark::DoNotOptimize(penstock_board_read(client.get(), 0, &node));
    }
}

void throttle_level(benchmark::State& state) {
    const OpenClient client(static_cast<int>(state.range(0)));
    for (auto each : state) {
        static_cast<void>(each);
        benchmark::DoNotOptimize(penstock_throttle_level(client.get()));
    }
}

void scope(benchmark::State& state) {
    const OpenClient client(static_cast<int>(state.range(0)));
    constexpr std::uint64_t bytes = std::uint64_t{64} << 20;
    for (auto each : state) {
        static_cast<void>(each);
        penstock_op op{};
        penstock_op_begin(client.get(), PENSTOCK_OP_EXPERT_FFN, bytes, &op);
        penstock_op_end(client.get(), &op);
    }
}

BENCHMARK(board_read)->Arg(1)->Arg(8);
BENCHMARK(throttle_level)->Arg(1)->Arg(8);
BENCHMARK(scope)->Arg(1)->Arg(8);

}  // namespace
}  // namespace penstock::bench

BENCHMARK_MAIN();
