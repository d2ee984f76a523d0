// SPDX-License-Identifier: Apache-2.0
//
// What an unprivileged agent says, and that BPF works with the two capabilities the unit grants.

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <iostream>

#include "agent/probes/queues/pointer_watch.h"
#include "agent/probes/queues/queue_discovery.h"

namespace penstock {
namespace {

constexpr unsigned nobody = 65534;

// The effective and permitted set of this thread, exactly.
bool hold_only(std::uint64_t capabilities) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> sets{};
    for (std::size_t word = 0; word < sets.size(); ++word) {
        const auto bits = static_cast<std::uint32_t>(capabilities >> (32 * word));
        sets[word] = {.effective = bits, .permitted = bits, .inheritable = 0};
    }
    return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

// Runs `body` as nobody with these capabilities, in a child; true when the body says so.
bool as_nobody(std::uint64_t capabilities, const std::function<bool()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        const bool ready = ::prctl(PR_SET_KEEPCAPS, 1) == 0 &&
                           ::setresuid(nobody, nobody, nobody) == 0 && hold_only(capabilities);
        ::_exit(ready && body() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool says(const std::string& said, const std::string& expected) {
    if (!said.contains(expected)) {
        std::cerr << "said: " << said << "\n";
        return false;
    }
    return true;
}

constexpr std::uint64_t bit(unsigned number) {
    return std::uint64_t{1} << number;
}

TEST(Permission, is_missed_by_name) {
    EXPECT_TRUE(as_nobody(0, [] {
        const auto discovery = QueueDiscovery::open("/dev/null", {});
        return !discovery && says(discovery.error().message(), "this needs CAP_BPF CAP_PERFMON");
    }));
    EXPECT_TRUE(as_nobody(bit(CAP_BPF), [] {
        const auto watch = PointerWatch::open(Tree("/proc"));
        return !watch && says(watch.error().message(), "this needs CAP_PERFMON");
    }));
}

TEST(Permission, needs_two_capabilities_and_no_more) {
    const std::uint64_t enough = bit(CAP_BPF) | bit(CAP_PERFMON);
    EXPECT_TRUE(as_nobody(enough, [] {
        const auto discovery = QueueDiscovery::open("/dev/null", {});
        return discovery || says(discovery.error().message(), "no failure");
    }));
}

TEST(Permission, of_two_capabilities_watches_processes_of_other_users) {
    const std::uint64_t enough = bit(CAP_BPF) | bit(CAP_PERFMON);
    const pid_t owner = ::getpid();
    EXPECT_TRUE(as_nobody(enough, [owner] {
        auto watch = PointerWatch::open(Tree("/proc"));
        if (!watch) {
            return says(watch.error().message(), "no failure");
        }
        const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, owner, 0)));
        const PointerWatch::Pointer pointer{.slot = watch->take_slot().value(),
                                            .write_address = 0x1000};
        const auto watched = watch->watch(pidfd.get(), owner, std::span(&pointer, 1));
        return watched || says(watched.error().message(), "no failure");
    }));
}

}  // namespace
}  // namespace penstock
