// SPDX-License-Identifier: Apache-2.0
//
// Event thread: an agent's event loop beside a test, for what the test calls and waits for.

#pragma once

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "agent/publish/connection.h"
#include "base/fd.h"

namespace penstock::test {

class EventThread {
  public:
    EventThread() {
        sd_event* event = nullptr;
        EXPECT_GE(sd_event_new(&event), 0);
        event_.reset(event);
        EXPECT_GE(sd_event_add_io(event, nullptr, wake_.get(), EPOLLIN, &on_wake, this), 0);
        thread_ = std::thread([event] { sd_event_loop(event); });
    }

    ~EventThread() {
        call([](sd_event* event) { sd_event_exit(event, 0); });
        thread_.join();
    }

    EventThread(const EventThread&) = delete;
    EventThread& operator=(const EventThread&) = delete;
    EventThread(EventThread&&) = delete;
    EventThread& operator=(EventThread&&) = delete;

    // Carried out in the loop's thread before this returns.
    void call(const std::function<void(sd_event*)>& act) {
        std::promise<void> done;
        next_ = [&] {
            act(event_.get());
            done.set_value();
        };
        EXPECT_EQ(::eventfd_write(wake_.get(), 1), 0);
        done.get_future().wait();
    }

  private:
    static int on_wake(sd_event_source* /*source*/, int fd, std::uint32_t /*events*/, void* user) {
        eventfd_t count = 0;
        EXPECT_EQ(::eventfd_read(fd, &count), 0);
        std::exchange(static_cast<EventThread*>(user)->next_, {})();
        return 0;
    }

    Fd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event_{};
    std::function<void()> next_{};
    std::thread thread_{};
};

}  // namespace penstock::test
