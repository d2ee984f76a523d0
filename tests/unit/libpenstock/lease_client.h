// SPDX-License-Identifier: Apache-2.0
//
// Lease client: a client of libpenstock on a bus of the test's own, and its wishes for leases.

#pragma once

#include <gtest/gtest.h>

#include <string>

#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"
#include "tests/unit/ctl/child.h"

namespace penstock::test {

// As penstock_lease_options, where a C++ program leaves out what it does not say.
struct Wish {
    const char* resource = nullptr;
    const char* target = nullptr;
    std::uint64_t rate = 0;
    std::uint64_t least = 0;
    std::uint64_t wait_usec = 0;
    std::uint32_t exclusive = 0;
    const char* lease_class = nullptr;
    const char* why = nullptr;

    [[nodiscard]] penstock_lease_options options() const {
        return {.size = sizeof(penstock_lease_options),
                .resource = resource,
                .target = target,
                .bytes_per_second = rate,
                .min_bytes_per_second = least,
                .wait_usec = wait_usec,
                .exclusive = exclusive,
                .lease_class = lease_class,
                .why = why};
    }
};

class LeaseClient : public testing::Test {
  protected:
    void SetUp() override {
        const penstock_options options{.size = sizeof(penstock_options),
                                       .bus = address.c_str(),
                                       .wait_ms = 0,
                                       .node = PENSTOCK_ALL_NODES,
                                       .critical = 0};
        ASSERT_EQ(penstock_open(&options, &client), 0) << penstock_error();
    }

    void TearDown() override {
        penstock_lease_release(lease);
        penstock_close(client);
    }

    int acquire(const Wish& wish) {
        const penstock_lease_options options = wish.options();
        return penstock_lease_acquire(client, &options, &lease);
    }

    void release() { penstock_lease_release(std::exchange(lease, nullptr)); }

    Child bus{{"dbus-daemon", "--session", "--nofork", "--print-address"}};
    std::string address = bus.read_line();
    penstock_client* client = nullptr;
    penstock_lease* lease = nullptr;  // The one that was acquired last.
};

}  // namespace penstock::test
