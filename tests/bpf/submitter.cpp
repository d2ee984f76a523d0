// SPDX-License-Identifier: Apache-2.0

#include "tests/bpf/submitter.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <new>
#include <thread>

#include "base/pidfd.h"

namespace penstock::test {
namespace {

constexpr char order_block = 'b';
constexpr char order_spin = 's';
constexpr char order_spin_in_thread = 't';

}  // namespace

struct Submitter::Shared {
    std::atomic<std::uint64_t> counter{0};
    std::atomic<bool> spinning{false};

    void move_and_spin() {
        spinning = true;
        counter.fetch_add(1);
        while (spinning) {
        }
    }
};

namespace {

template <typename Shared>
[[noreturn]] void obey(const Fd& orders, Shared& shared) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char order = 0;
    while (::read(orders.get(), &order, 1) == 1) {
        if (order == order_block) {
            shared.counter.fetch_add(1);
        } else if (order == order_spin) {
            shared.move_and_spin();
        } else if (order == order_spin_in_thread) {
            std::thread([&] { shared.move_and_spin(); }).join();
        }
    }
    ::_exit(0);
}

}  // namespace

Result<Submitter> Submitter::start() {
    void* memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return fail(errno, "map a counter");
    }
    auto* shared = new (memory) Shared;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make a pipe");
    }
    Fd reader(ends[0]);
    Fd writer(ends[1]);
    const pid_t pid = ::fork();
    if (pid == 0) {
        writer.reset();
        obey(reader, *shared);
    }
    Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        return std::unexpected(std::move(pidfd).error());
    }
    return Submitter(pid, std::move(*pidfd), std::move(writer), shared);
}

Submitter::Submitter(Submitter&& other) noexcept
    : pid_(other.pid_),
      pidfd_(std::move(other.pidfd_)),
      orders_(std::move(other.orders_)),
      shared_(std::exchange(other.shared_, nullptr)) {}

Submitter::~Submitter() {
    if (shared_ != nullptr) {
        end();
        ::munmap(shared_, sizeof(Shared));
    }
}

void Submitter::order(char what) {
    const std::uint64_t before = counter();
    static_cast<void>(::write(orders_.get(), &what, 1));
    while (counter() == before) {
        std::this_thread::yield();
    }
}

void Submitter::move_and_block() {
    order(order_block);
}

void Submitter::move_and_spin() {
    order(order_spin);
}

void Submitter::move_and_spin_in_new_thread() {
    order(order_spin_in_thread);
}

void Submitter::stop_spinning() {
    shared_->spinning = false;
}

void Submitter::end() {
    if (is_alive(pidfd_)) {
        ::kill(pid_, SIGKILL);
    }
    ::waitpid(pid_, nullptr, 0);
}

std::uint64_t Submitter::counter_address() const {
    return reinterpret_cast<std::uint64_t>(&shared_->counter);
}

std::uint64_t Submitter::counter() const {
    return shared_->counter.load();
}

}  // namespace penstock::test
