// SPDX-License-Identifier: Apache-2.0
//
// When a lease may be exclusive, over the bus.

#include <gmock/gmock.h>

#include <limits>

#include "tests/unit/publish/lease_stand.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;

constexpr const char* denied = "org.penstock1.Error.LeaseDenied";

class ExclusiveLease : public ::testing::Test {
  protected:
    void measure(const Sample<double>& gain) {
        stand.pair.loop.snapshot.memory[0].concurrency_gain = gain;
        stand.pair.loop.publish();
    }

    std::string refusal(const Asked& asked) {
        const Reply reply = stand.ask(asked);
        EXPECT_EQ(reply.error_name, denied);
        EXPECT_EQ(stand.leases(), "0");
        return reply.error_sentence;
    }

    LeaseStand stand{};
};

TEST_F(ExclusiveLease, is_refused_with_the_ratio_where_cores_at_once_move_more) {
    measure({.value = 1.9, .source = "measured 2026-11-28 by streaming reads on 2 cores"});
    EXPECT_EQ(
        refusal({.exclusive = true}),
        "nobody has /org/penstock1/memory/0 to himself alone: cores at once move 1.90 times "
        "what one does (measured 2026-11-28 by streaming reads on 2 cores), and a token would "
        "lose 47 % of that; leases without exclusive are granted side by side, and insist has "
        "it all the same");
}

TEST_F(ExclusiveLease, is_granted_where_cores_at_once_lose) {
    measure({.value = 0.9, .source = "a test"});
    EXPECT_EQ(stand.acquire({.rate = giga, .exclusive = true}).rate, 95 * giga);
}

TEST_F(ExclusiveLease, is_refused_from_the_bound_on) {
    measure({.value = 1.2, .source = "a test"});
    EXPECT_THAT(refusal({.exclusive = true}), HasSubstr("move 1.20 times"));
}

TEST_F(ExclusiveLease, is_granted_to_who_insists_whatever_was_measured) {
    for (const std::optional<double> gain :
         {std::optional<double>(), std::optional<double>(1.9), std::optional<double>(0.5)}) {
        measure({.value = gain, .source = "a test"});
        const std::uint64_t rate =
            stand.acquire({.rate = giga, .exclusive = true, .insist = true}).rate;
        EXPECT_EQ(rate, 95 * giga);
        EXPECT_EQ(stand.leases(), "0") << "it is given back before the next one";
    }
}

TEST_F(ExclusiveLease, is_refused_where_nobody_has_measured) {
    measure({.source = "no source measures it on this machine"});
    EXPECT_THAT(refusal({.exclusive = true}),
                HasSubstr("nobody knows what cores at once lose there: no source measures it on "
                          "this machine; penstockctl calibrate measures it; leases without"));
}

TEST_F(ExclusiveLease, is_refused_where_what_was_measured_can_not_be) {
    using limits = std::numeric_limits<double>;
    for (const double wrong : {limits::quiet_NaN(), -1.0, 0.0, limits::infinity()}) {
        measure({.value = wrong, .source = "a test"});
        EXPECT_THAT(refusal({.exclusive = true}), HasSubstr("can not move")) << wrong;
    }
}

TEST_F(ExclusiveLease, says_what_was_measured_without_control_characters) {
    measure({.source = std::string("a\x1b[2J\nb")});
    EXPECT_THAT(refusal({.exclusive = true}), HasSubstr("a?[2J?b"));
}

TEST_F(ExclusiveLease, of_a_link_takes_insisting) {
    measure({.value = 0.9, .source = "a test of memory"});
    const Asked link{.rate = giga, .exclusive = true, .resource = "pcie-h2d", .target = gpu_path};
    EXPECT_THAT(refusal(link),
                HasSubstr("nobody measures what copies at once do to a link; leases"));
    Asked again = link;
    again.insist = true;
    EXPECT_EQ(stand.acquire(again).rate, 19 * giga);
}

TEST_F(ExclusiveLease, is_what_insisting_is_about) {
    const Reply reply = stand.ask({.insist = true});
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_EQ(reply.error_sentence, "insist is about being exclusive, which was not asked for");
}

TEST_F(ExclusiveLease, leaves_others_as_they_are) {
    measure({.value = 1.9, .source = "a test"});
    EXPECT_EQ(stand.acquire({.rate = 3 * giga}).rate, 3 * giga);
}

TEST_F(ExclusiveLease, goes_by_what_the_bus_says_of_the_node) {
    const char* const node = "org.penstock1.MemoryNode";
    measure({.source = "not calibrated"});
    EXPECT_EQ(stand.read(memory_path, node, "ConcurrencyGain"), "-1");
    measure({.value = 1.5, .source = "a test"});
    EXPECT_EQ(stand.read(memory_path, node, "ConcurrencyGain"), "1.5");
    EXPECT_THAT(stand.read(memory_path, node, "Origins"),
                HasSubstr("(ConcurrencyGain, counter, a test)"));
}

}  // namespace
}  // namespace penstock::test
