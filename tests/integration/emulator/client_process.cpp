// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/emulator/client_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>

namespace penstock::integration {

SharedPage* SharedPage::map() {
    void* const memory = ::mmap(
        nullptr, sizeof(SharedPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto* const page = memory == MAP_FAILED ? nullptr : new (memory) SharedPage;
    if (page != nullptr) {
        page->clear();
    }
    return page;
}

void SharedPage::clear() {
    written = 0;
    read = 0;
    for (aql::KernelDispatch& packet : ring) {
        packet = {.header = static_cast<std::uint16_t>(aql::PacketType::invalid)};
    }
}

void SharedPage::submit(std::uint64_t kernel_ns) {
    kernel = {.duration_ns = kernel_ns, .dram_read_bytes = 1000, .dram_written_bytes = 500};
    signal.value = 1;
    aql::KernelDispatch& packet = ring.at(written % ring_packets);
    packet = {.header = packet.header,
              .kernel_object = emulator::synthetic_kernel_object,
              .kernarg_address = std::bit_cast<std::uint64_t>(&kernel),
              .completion_signal = std::bit_cast<std::uint64_t>(&signal)};
    // The header last: it hands the packet over.
    std::atomic_ref(packet.header)
        .store(static_cast<std::uint16_t>(aql::PacketType::kernel_dispatch) |
               aql::header_system_scopes);
    std::atomic_ref(written).fetch_add(1);
}

kfd::CreateQueue SharedPage::queue_on(std::uint32_t gpu_id) const {
    return {.ring_base_address = std::bit_cast<std::uint64_t>(ring.data()),
            .write_pointer_address = std::bit_cast<std::uint64_t>(&written),
            .read_pointer_address = std::bit_cast<std::uint64_t>(&read),
            .ring_size = sizeof(ring),
            .gpu_id = gpu_id,
            .queue_type = kfd::queue_type_compute_aql,
            .queue_percentage = 100,
            .queue_priority = 7};
}

int ClientProcess::carry_out(Order& order, int file, int pipe) {
    switch (order.what) {
        case What::ioctl: {
            const int returned = ::ioctl(file, order.request, order.bytes.data());
            return returned < 0 ? -errno : returned;
        }
        case What::trace:
            return ::ptrace(PTRACE_SEIZE, static_cast<pid_t>(order.number), 0, 0) < 0 ? -errno : 0;
        case What::stop_tracing: {
            const auto target = static_cast<pid_t>(order.number);
            ::ptrace(PTRACE_INTERRUPT, target, 0, 0);
            ::waitpid(target, nullptr, 0);
            return ::ptrace(PTRACE_DETACH, target, 0, 0) < 0 ? -errno : 0;
        }
        case What::pipe_bytes: {
            int waiting = -1;
            ::ioctl(pipe, FIONREAD, &waiting);
            return waiting;
        }
        case What::map_doorbell: {
            void* const page = ::mmap(nullptr,
                                      4096,
                                      PROT_READ | PROT_WRITE,
                                      MAP_SHARED,
                                      file,
                                      static_cast<off_t>(order.number & ~4095ULL));
            if (page == MAP_FAILED) {
                return -errno;
            }
            *static_cast<volatile std::uint64_t*>(page) = 1;
            return ::munmap(page, 4096);
        }
        case What::execute:
            break;  // It needs more than the others.
    }
    return -ENOSYS;
}

int ClientProcess::become_another_program(const Order& order, int file, const Fd& orders) {
    ::fcntl(orders.get(), F_SETFD, 0);
    const char* const path = reinterpret_cast<const char*>(order.bytes.data());
    if (path[0] == '\0') {
        ::fcntl(file, F_SETFD, 0);
    }
    const std::string orders_text = std::to_string(orders.get());
    const std::string file_text = std::to_string(file);
    const std::string page_text = std::to_string(order.number);
    ::execl(FRESH_CLIENT,
            "fresh-client",
            orders_text.c_str(),
            file_text.c_str(),
            page_text.c_str(),
            path,
            nullptr);
    return -errno;
}

void ClientProcess::live(const std::string& path, int file, const Fd& orders) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!path.empty()) {
        file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    }
    int pipe[2] = {-1, -1};
    static_cast<void>(::pipe2(pipe, O_CLOEXEC | O_NONBLOCK));
    Order order{.result = file < 0 ? -errno : 0, .number = static_cast<std::uint64_t>(pipe[1])};
    while (::write(orders.get(), &order, sizeof(order)) == sizeof(order) &&
           ::read(orders.get(), &order, sizeof(order)) == sizeof(order)) {
        order.result = order.what == What::execute ? become_another_program(order, file, orders)
                                                   : carry_out(order, file, pipe[0]);
    }
    ::_exit(0);
}

void ClientProcess::go_on(char** words) {
    const Fd orders(std::atoi(words[1]));
    void* const page = std::bit_cast<void*>(std::strtoull(words[3], nullptr, 10));
    if (::mmap(page,
               sizeof(SharedPage),
               PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
               -1,
               0) != page) {
        ::_exit(1);
    }
    live(words[4], std::atoi(words[2]), orders);
}

ClientProcess::ClientProcess(const std::string& path, int inherited) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return;
    }
    orders_ = Fd(ends[0]);
    const Fd theirs(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
        orders_.reset();
        live(path, inherited, theirs);
    }
    result(5000);
    pipe_number_ = static_cast<std::uint32_t>(last_.number);
}

ClientProcess::~ClientProcess() {
    kill();
}

void ClientProcess::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

void ClientProcess::send(const Order& order) {
    static_cast<void>(::write(orders_.get(), &order, sizeof(order)));
}

std::optional<int> ClientProcess::result(int timeout_ms) {
    pollfd waiting{.fd = orders_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, timeout_ms) != 1 ||
        ::read(orders_.get(), &last_, sizeof(last_)) != sizeof(last_)) {
        return std::nullopt;
    }
    return last_.result;
}

int ClientProcess::simple(What what, std::uint64_t number) {
    send({.what = what, .number = number});
    return result(5000).value_or(-1000);
}

int ClientProcess::trace(pid_t target) {
    return simple(What::trace, static_cast<std::uint64_t>(target));
}

int ClientProcess::stop_tracing(pid_t target) {
    return simple(What::stop_tracing, static_cast<std::uint64_t>(target));
}

int ClientProcess::execute(const std::string& path, const SharedPage* page) {
    Order order{.what = What::execute, .number = std::bit_cast<std::uint64_t>(page)};
    std::memcpy(order.bytes.data(), path.c_str(), std::min(path.size(), order.bytes.size() - 1));
    send(order);
    return result(5000).value_or(-1000);
}

int ClientProcess::pipe_bytes() {
    return simple(What::pipe_bytes);
}

int ClientProcess::map_doorbell(std::uint64_t offset) {
    return simple(What::map_doorbell, offset);
}

}  // namespace penstock::integration
