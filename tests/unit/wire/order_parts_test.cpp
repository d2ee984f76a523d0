// SPDX-License-Identifier: Apache-2.0

#include "policies/order_parts.h"

#include <gtest/gtest.h>

namespace penstock::wire {
namespace {

using namespace std::chrono_literals;

DeviceOrder order_for(std::uint32_t owners, std::uint32_t gpu = 7) {
    DeviceOrder order{.gpu = {gpu},
                      .runners = 3,
                      .settle = 2ms,
                      .longest_suspension = 100ms,
                      .run_window = 30ms,
                      .suspension_interval = 5ms,
                      .suspension_burst = 4};
    for (std::uint32_t each = 0; each < owners; ++each) {
        order.owners.push_back({.owner = {each + 1}, .rank = static_cast<std::int32_t>(each)});
    }
    order.held_queues = {{.owner = {1}, .queue = 2}};
    return order;
}

// As it would arrive.
Order over_the_wire(const Order& part) {
    const auto arrived = decode_to_gate(encode(ToGate{part}));
    EXPECT_TRUE(arrived) << arrived.error().message();
    return arrived ? std::get<Order>(*arrived) : Order{};
}

std::vector<Order> parts_of(const DeviceOrder& order) {
    std::vector<Order> parts = {part_of(order, 0)};
    while (parts.back().goes_on) {
        const Order& last = parts.back();
        parts.push_back(
            part_of(order, last.first + static_cast<std::uint32_t>(last.order.owners.size())));
    }
    return parts;
}

TEST(OrderParts, carry_an_order_for_as_many_owners_as_the_agent_knows) {
    for (const std::uint32_t owners : {0U, 1U, 512U, 513U, 4096U}) {
        const DeviceOrder order = order_for(owners);
        const std::vector<Order> parts = parts_of(order);
        EXPECT_EQ(parts.size(), std::max(1U, (owners + 511) / 512));
        OrderAssembly assembly;
        for (const Order& part : parts) {
            const auto whole = assembly.add(over_the_wire(part));
            EXPECT_EQ(whole.has_value(), &part == &parts.back());
            EXPECT_EQ(whole.value_or(order), order);
        }
    }
}

TEST(OrderParts, leave_out_owners_beyond_the_limit) {
    EXPECT_EQ(parts_of(order_for(5000)).back().first, 3584U);
    EXPECT_EQ(parts_of(order_for(5000)).back().order.owners.size(), 512U);
}

TEST(OrderAssembly, begins_anew_with_every_first_part) {
    const std::vector<Order> parts = parts_of(order_for(1000));
    OrderAssembly assembly;
    EXPECT_FALSE(assembly.add(parts[0]));
    EXPECT_FALSE(assembly.add(parts[0])) << "the rest could not be sent";
    EXPECT_EQ(assembly.add(parts[1]), order_for(1000));
}

TEST(OrderAssembly, drops_parts_that_continue_nothing) {
    const std::vector<Order> parts = parts_of(order_for(1500));
    OrderAssembly assembly;
    EXPECT_FALSE(assembly.add(parts[2]));
    EXPECT_FALSE(assembly.add(parts[0]));
    EXPECT_FALSE(assembly.add(parts[2])) << "one is missing in between";
    EXPECT_FALSE(assembly.add(parts[1])) << "what was begun has been dropped";
}

TEST(OrderAssembly, keeps_orders_of_devices_apart) {
    OrderAssembly assembly;
    EXPECT_FALSE(assembly.add(parts_of(order_for(2000, 1))[0]));
    EXPECT_FALSE(assembly.add(parts_of(order_for(2000, 2))[1]));
    EXPECT_EQ(assembly.add(parts_of(order_for(5, 2))[0]), order_for(5, 2));
}

}  // namespace
}  // namespace penstock::wire
