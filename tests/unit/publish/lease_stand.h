// SPDX-License-Identifier: Apache-2.0
//
// Lease stand: a service whose memory node gives out 95 gigabytes per second, and clients' calls
// about leases.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/fd.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {

inline constexpr const char* manager_interface = "org.penstock1.Manager";
inline constexpr const char* lease_interface = "org.penstock1.Lease";
inline const std::string root_path = "/org/penstock1";
inline constexpr std::uint64_t giga = 1'000'000'000;

// A copy of the descriptor in the answer to AcquireLease, the lease's path, and its rate.
struct Granted {
    Fd descriptor{};
    std::string path{};
    std::uint64_t rate = 0;
};

struct Asked {
    std::uint64_t rate = giga;
    std::optional<std::uint64_t> least{};
    std::uint64_t wait_usec = 0;
    bool exclusive = false;
    bool insist = false;
    std::string resource = "dram";
    std::string target = memory_path;
    std::string who{};
};

class LeaseStand {
  public:
    LeaseStand() {
        pair.loop.snapshot.memory[0].peak = {.value = BytesPerSecond{100 * giga},
                                             .source = "a test"};
        pair.loop.snapshot.devices[0].use.pcie_capacity = {.value = BytesPerSecond{20 * giga},
                                                           .source = "a test"};
        pair.loop.publish();
        pair.heard();
    }

    BusPair pair{};

    static void fill(sd_bus_message* message, const Asked& asked) {
        sd_bus_message_append(
            message, "sot", asked.resource.c_str(), asked.target.c_str(), asked.rate);
        sd_bus_message_open_container(message, 'a', "{sv}");
        if (asked.least) {
            sd_bus_message_append(message, "{sv}", "min", "t", *asked.least);
        }
        if (asked.exclusive) {
            sd_bus_message_append(message, "{sv}", "exclusive", "b", 1);
        }
        if (asked.insist) {
            sd_bus_message_append(message, "{sv}", "insist", "b", 1);
        }
        if (!asked.who.empty()) {
            sd_bus_message_append(message, "{sv}", "who", "s", asked.who.c_str());
        }
        sd_bus_message_append(message, "{sv}", "wait-usec", "t", asked.wait_usec);
        sd_bus_message_close_container(message);
    }

    Reply ask(const Asked& asked) {
        return pair.call(root_path, manager_interface, "AcquireLease", [&](sd_bus_message* call) {
            fill(call, asked);
        });
    }

    static Granted granted_in(const Reply& reply) {
        EXPECT_TRUE(reply.ok()) << reply.error_sentence;
        int number = -1;
        const char* path = "";
        Granted granted;
        if (sd_bus_message_read(reply.message.get(), "hot", &number, &path, &granted.rate) > 0) {
            granted.descriptor = Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
            granted.path = path;
        }
        return granted;
    }

    Granted acquire(const Asked& asked) { return granted_in(ask(asked)); }

    // What the bus says, once all that hung up has been noticed.
    std::string read(const std::string& path, const char* interface, const char* property) {
        pair.heard();
        return pair.get_text(path, interface, property);
    }

    std::string leased() {
        return read(memory_path, "org.penstock1.MemoryNode", "LeasedBytesPerSecond");
    }

    std::string leases() { return read(root_path, manager_interface, "NLeases"); }
};

}  // namespace penstock::test
