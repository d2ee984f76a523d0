// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel/contract/subject.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <thread>

namespace penstock::contract {

namespace {

int or_errno(int returned) {
    return returned < 0 ? -errno : returned;
}

int start_idle_thread() {
    std::promise<int> started;
    std::thread([&started] {
        started.set_value(::gettid());
        ::pause();
    }).detach();
    return started.get_future().get();
}

int make_open_pipe() {
    int ends[2] = {-1, -1};
    return ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : ends[1];
}

}  // namespace

int ioctl_result(int file, unsigned long request, void* argument) {
    return or_errno(::ioctl(file, request, argument));
}

int Subject::carry_out(Order& order, const std::string& path, Fd& file) {
    switch (order.what) {
        case What::open:
            file = Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
            return file.get() < 0 ? -errno : 0;
        case What::ioctl:
            return ioctl_result(file.get(), order.request, order.bytes.data());
        case What::seize:
            return ::ptrace(PTRACE_SEIZE, static_cast<pid_t>(order.number), 0, 0) < 0 ? -errno : 0;
        case What::start_thread:
            return start_idle_thread();
        case What::make_pipe:
            return make_open_pipe();
        case What::file_number:
            return file.get();
    }
    return -ENOSYS;
}

void Subject::live(const std::string& path, const Fd& orders) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Fd file;
    Order order;
    while (::read(orders.get(), &order, sizeof(order)) == sizeof(order)) {
        order.result = carry_out(order, path, file);
        if (::write(orders.get(), &order, sizeof(order)) != sizeof(order)) {
            break;
        }
    }
    ::_exit(0);
}

Subject::Subject(std::string path) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return;
    }
    orders_ = Fd(ends[0]);
    const Fd theirs(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
        orders_.reset();
        live(path, theirs);
    }
}

Subject::~Subject() {
    kill();
    reap();
}

void Subject::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT);
    }
}

void Subject::reap() {
    if (pid_ > 0) {
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

void Subject::send(const Order& order) {
    static_cast<void>(::write(orders_.get(), &order, sizeof(order)));
}

std::optional<int> Subject::result(int timeout_ms) {
    pollfd waiting{.fd = orders_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, timeout_ms) != 1 ||
        ::read(orders_.get(), &last_, sizeof(last_)) != sizeof(last_)) {
        return std::nullopt;
    }
    return last_.result;
}

int Subject::simple(What what, std::int64_t number) {
    send({.what = what, .number = number});
    return result(long_patience_ms).value_or(-ETIME);
}

}  // namespace penstock::contract
