// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <vector>

namespace penstock::workload {
namespace {

std::expected<Options, int> parsed(std::initializer_list<const char*> given) {
    std::vector<const char*> arguments{"penstock-kfd-workload"};
    std::ranges::copy(given, std::back_inserter(arguments));
    // CLI11 says what is wrong on standard error, which is not this test's subject.
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    auto options = parse_options(static_cast<int>(arguments.size()), arguments.data());
    testing::internal::GetCapturedStderr();
    testing::internal::GetCapturedStdout();
    return options;
}

TEST(Options, default_to_the_latency_critical_client) {
    const auto options = parsed({});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->kernel_us, 500U);
    EXPECT_EQ(options->kernels_per_request, 4U);
    EXPECT_EQ(options->load, 0.2);
    EXPECT_EQ(options->arrivals, ArrivalPattern::poisson);
    EXPECT_FALSE(options->closed);
    EXPECT_TRUE(options->enable_runtime);
}

TEST(Options, understand_every_choice) {
    const auto options = parsed({"--closed",
                                 "--depth=16",
                                 "--arrivals=periodic",
                                 "--wait=spin",
                                 "--no-runtime-enable",
                                 "--gpu=51432",
                                 "--seed=9"});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->closed);
    EXPECT_EQ(options->depth, 16U);
    EXPECT_EQ(options->arrivals, ArrivalPattern::periodic);
    EXPECT_TRUE(options->spins);
    EXPECT_FALSE(options->enable_runtime);
    EXPECT_EQ(options->gpu_id, 51432U);
    EXPECT_EQ(options->seed, 9U);
}

TEST(Options, know_every_misbehaviour) {
    EXPECT_EQ(parsed({"--misbehave=liar-pointers"})->misbehaviour, Misbehaviour::liar_pointers);
    EXPECT_EQ(parsed({"--misbehave=unmap-ring"})->misbehaviour, Misbehaviour::unmap_ring);
    EXPECT_EQ(parsed({"--misbehave=die-in-ioctl"})->misbehaviour, Misbehaviour::die_in_ioctl);
    EXPECT_EQ(parsed({"--misbehave=short-args"})->misbehaviour, Misbehaviour::short_args);
    EXPECT_EQ(parsed({"--misbehave=absurd-sizes"})->misbehaviour, Misbehaviour::absurd_sizes);
}

TEST(Options, of_a_client_that_cooperates) {
    EXPECT_EQ(parsed({})->cooperation_socket, "");
    const auto all = parsed({"--cooperate=/run/x.sock"});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->cooperation_socket, "/run/x.sock");
    EXPECT_EQ(all->abilities.size(), 4U);
    EXPECT_EQ(all->disobedience, Disobedience::none);
    using enum client::Ability;
    EXPECT_EQ(parsed({"--abilities=limit,units"})->abilities,
              (std::vector{limit_launches, set_units}));
    EXPECT_EQ(parsed({"--disobey=silent"})->disobedience, Disobedience::silent);
    EXPECT_EQ(parsed({"--disobey=lie"})->disobedience, Disobedience::lie);
    EXPECT_EQ(parsed({"--disobey=error"})->disobedience, Disobedience::error);
}

TEST(Options, refuse_what_is_out_of_range_or_unknown) {
    for (const char* wrong : {"--load=0",
                              "--depth=0",
                              "--depth=257",
                              "--queues=0",
                              "--kernel-us=0",
                              "--kernels-per-request=1000",
                              "--load=nan",
                              "--duration=-1",
                              "--duration=nan",
                              "--arrivals=bursty",
                              "--wait=never",
                              "--misbehave=well",
                              "--abilities=save,fly",
                              "--disobey=politely",
                              "--frobnicate",
                              "--seed=x"}) {
        const auto options = parsed({wrong});
        ASSERT_FALSE(options) << wrong;
        EXPECT_NE(options.error(), 0) << wrong;
    }
}

TEST(Options, end_with_success_after_help) {
    const auto options = parsed({"--help"});
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error(), 0);
}

}  // namespace
}  // namespace penstock::workload
