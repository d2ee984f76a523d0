// SPDX-License-Identifier: Apache-2.0
//
// Client process: a real process that opens the driver's file and carries out calls for the test,
// one after the other in its only thread. The test may let one block and look at it later.

#pragma once

#include <sys/types.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "base/fd.h"
#include "kmod-helpers/abi/aql.h"
#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/synthetic_kernel.h"

namespace penstock::integration {

// Memory at the same address in the test and in every client made after it.
struct SharedPage {
    static constexpr std::size_t ring_packets = 64;

    std::array<aql::KernelDispatch, ring_packets> ring{};
    std::uint64_t written = 0;
    std::uint64_t read = 0;
    aql::Signal signal{};
    emulator::SyntheticKernel kernel{};
    std::array<std::uint32_t, 8> ids{};
    std::array<kfd::QueueSnapshotEntry, 8> entries{};
    kfd::EventData event{};
    kfd::RuntimeInfo runtime{};
    std::uint64_t mailbox = 0;

    static SharedPage* map();

    // Empties the ring.
    void clear();

    // Writes one packet whose kernel lasts that long alone; its end makes the signal 0.
    void submit(std::uint64_t kernel_ns);

    [[nodiscard]] kfd::CreateQueue queue_on(std::uint32_t gpu_id) const;
};

class ClientProcess {
  public:
    // Opens `path`, or with an empty one uses the given descriptor, which it inherits.
    explicit ClientProcess(const std::string& path, int inherited = -1);
    ~ClientProcess();
    ClientProcess(const ClientProcess&) = delete;
    ClientProcess& operator=(const ClientProcess&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

    // Sends a call on its way. The argument comes back with its result.
    template <typename Argument>
    void begin(kfd::Nr nr, const Argument& argument) {
        Order order{.what = What::ioctl, .request = kfd::request<Argument>(nr)};
        std::memcpy(order.bytes.data(), &argument, sizeof(argument));
        send(order);
    }

    // The result of the call under way: a count, or a negative errno; nothing while it lasts.
    std::optional<int> result(int timeout_ms);

    template <typename Argument>
    int call(kfd::Nr nr, Argument& argument) {
        begin(nr, argument);
        const int returned = result(5000).value_or(-1000);
        std::memcpy(static_cast<void*>(&argument), last_.bytes.data(), sizeof(argument));
        return returned;
    }

    int trace(pid_t target);
    int stop_tracing(pid_t target);
    int map_doorbell(std::uint64_t offset);

    // Bytes in the pipe whose write end is descriptor `pipe_number()` of the client.
    int pipe_bytes();

    [[nodiscard]] std::uint32_t pipe_number() const { return pipe_number_; }

    // Becomes another program, which opens `path`, or with an empty one goes on with the file it
    // has. In place of the test's page it has an empty one of its own.
    int execute(const std::string& path, const SharedPage* page);

    // What that program does with its command line.
    [[noreturn]] static void go_on(char** words);

    void kill();

  private:
    enum class What : int { ioctl, trace, stop_tracing, pipe_bytes, map_doorbell, execute };

    struct Order {
        What what{};
        int result = 0;
        unsigned long request = 0;
        std::uint64_t number = 0;
        std::array<std::byte, 128> bytes{};
    };

    [[noreturn]] static void live(const std::string& path, int file, const Fd& orders);
    static int become_another_program(const Order& order, int file, const Fd& orders);
    static int carry_out(Order& order, int file, int pipe);
    void send(const Order& order);
    int simple(What what, std::uint64_t number = 0);

    pid_t pid_ = -1;
    Fd orders_;
    Order last_{};
    std::uint32_t pipe_number_ = 0;
};

}  // namespace penstock::integration
