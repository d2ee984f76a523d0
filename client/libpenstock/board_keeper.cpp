// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/board_keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/result.h"

namespace penstock::client {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds look_every = 250ms;  // Whether the board is still written.
constexpr Milliseconds ask_every = 1s;      // While there is none.
constexpr std::uint64_t patience_usec = 5'000'000;

constexpr const char* all_is_well = "";
constexpr const char* not_found_yet = "the agent has not answered yet";
constexpr const char* no_bus = "the bus can not be reached";
constexpr const char* no_agent = "there is no agent on the bus";
constexpr const char* no_board = "the agent gives no board";
constexpr const char* foreign_board = "the agent's board can not be used by this library";
constexpr const char* silent = "the agent has fallen silent";

// The program's signals are its own affair: they must not arrive in our thread.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all{};
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &former_);
    }

    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    SignalsBlocked(SignalsBlocked&&) = delete;
    SignalsBlocked& operator=(SignalsBlocked&&) = delete;

  private:
    sigset_t former_{};
};

}  // namespace

BoardKeeper::BoardKeeper(std::string address, BoardView& view, HintView& hints, Fd stop)
    : address_(std::move(address)),
      view_(view),
      hints_(hints),
      stop_(std::move(stop)),
      reason_(not_found_yet) {}

Result<std::unique_ptr<BoardKeeper>> BoardKeeper::start(std::string address,
                                                        BoardView& view,
                                                        HintView& hints) {
    Result<Fd> stop = owned(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd");
    if (!stop) {
        return std::unexpected(std::move(stop).error());
    }
    // The constructor is private, which make_unique can not reach.
    std::unique_ptr<BoardKeeper> keeper(new BoardKeeper(
        std::move(address), view, hints, *std::move(stop)));  // NOLINT(*-owning-memory)
    const SignalsBlocked blocked;
    keeper->thread_ = std::thread([raw = keeper.get()] { raw->run(); });
    return keeper;
}

BoardKeeper::~BoardKeeper() {
    if (!thread_.joinable()) {
        return;
    }
    stopping_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(::write(stop_.get(), &one, sizeof(one)) ==
                      sizeof(one));  // It can not be full.
    thread_.join();
}

void BoardKeeper::abandon() {
    // What the thread was is not here: neither to be waited for nor to be let go of. Its connection
    // is the parent's, and closing our copies of its descriptors harms nobody.
    static_cast<void>(new std::thread(std::move(thread_)));  // NOLINT(*-owning-memory)
    static_cast<void>(asked_.release());
    hints_.abandon();
}

void BoardKeeper::wait(Milliseconds longest) {
    std::unique_lock lock(mutex_);
    tried_.wait_for(lock, longest, [this] { return shown_; });
}

void BoardKeeper::settle(const char* reason) {
    reason_.store(reason, std::memory_order_release);
    {
        const std::scoped_lock lock(mutex_);
        shown_ = reason == all_is_well;
    }
    tried_.notify_all();
}

void BoardKeeper::run() {
    ::pthread_setname_np(::pthread_self(), "penstock");
    while (!stopping_) {
        const Result<BusHandle> bus = connect(address_);
        if (bus) {
            serve(bus->get());
            asked_.reset();
            hints_.hang_up();
        } else {
            settle(no_bus);
        }
        if (!stopping_) {
            sleep(nullptr, ask_every);
        }
    }
}

// Until the connection ends.
void BoardKeeper::serve(sd_bus* bus) {
    ask_next_ = {};
    while (!stopping_) {
        if (!ask_if_due(bus)) {
            return;
        }
        int done = 0;
        do {
            done = sd_bus_process(bus, nullptr);
        } while (done > 0 && !stopping_);
        if (done < 0) {
            settle(no_bus);
            return;
        }
        sleep(bus, look_every);
    }
}

// False where the connection is of no use any more.
bool BoardKeeper::ask_if_due(sd_bus* bus) {
    const BoardView::Standing standing = view_.standing();
    const auto now = std::chrono::steady_clock::now();
    if (standing == BoardView::Standing::live) {
        hints_.ask_if_due(bus);
        return true;
    }
    hints_.agent_left();
    if (asked_ || now < ask_next_) {
        return true;
    }
    if (standing == BoardView::Standing::silent) {
        settle(silent);
    }
    ask_next_ = now + ask_every;
    const Result<BusMessage> call = manager_call(bus, "OpenBoard");
    sd_bus_slot* slot = nullptr;
    if (!call || sd_bus_call_async(bus, &slot, call->get(), &on_board, this, patience_usec) < 0) {
        settle(no_bus);
        return false;
    }
    asked_.reset(slot);
    return true;
}

int BoardKeeper::on_board(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
    auto& self = *static_cast<BoardKeeper*>(userdata);
    self.asked_.reset();
    int number = -1;
    if (const sd_bus_error* refused = sd_bus_message_get_error(reply)) {
        self.settle(failure_of(*refused, 0).code == EHOSTUNREACH ? no_agent : no_board);
    } else if (sd_bus_message_read_basic(reply, 'h', &number) <= 0) {
        self.settle(no_board);
    } else {
        const Fd ours(::fcntl(number, F_DUPFD_CLOEXEC, 0));
        self.settle(ours && self.view_.show(ours) ? all_is_well : foreign_board);
        self.hints_.agent_came();
    }
    return 1;
}

// Until something arrives, it is to stop, or the time is over.
void BoardKeeper::sleep(sd_bus* bus, Milliseconds longest) const {
    std::array<pollfd, 2> watched{pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = -1, .events = 0, .revents = 0}};
    std::uint64_t until_usec = UINT64_MAX;
    if (bus != nullptr) {
        const int events = sd_bus_get_events(bus);
        watched[1] = {.fd = sd_bus_get_fd(bus),
                      .events = static_cast<short>(std::max(events, 0)),
                      .revents = 0};
        if (sd_bus_get_timeout(bus, &until_usec) < 0 || until_usec == 0) {
            until_usec = 0;  // It has something to do at once.
        }
    }
    const int timeout = until_usec == 0 ? 0 : static_cast<int>(longest.count());
    static_cast<void>(::poll(watched.data(), watched.size(), timeout));
}

}  // namespace penstock::client
