// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "agent/publish/figures.h"
#include "agent/publish/queue_rows.h"
#include "agent/publish/refusal.h"
#include "agent/publish/vtable.h"

namespace penstock::dbus {
namespace {

TEST(Codec, derives_signatures_from_types) {
    EXPECT_STREQ(signature_of<>.c_str(), "");
    EXPECT_STREQ((signature_of<std::uint32_t, std::int32_t, NoOptions>.c_str()), "uia{sv}");
    EXPECT_STREQ(signature_of<std::vector<QueueRow>>.c_str(), "a(tuuussisdtt)");
    EXPECT_STREQ(signature_of<std::vector<std::string>>.c_str(), "as");
    EXPECT_STREQ((signature_of<ObjectPath, bool, double>.c_str()), "obd");
    EXPECT_STREQ((signature_of<Fd, Descriptor>.c_str()), "hh");
}

TEST(Refusal, takes_its_name_from_the_errno) {
    EXPECT_STREQ(refuse(Error{.code = ESRCH}).error().name, error::process_gone);
    EXPECT_STREQ(refuse(Error{.code = EINVAL}).error().name, error::invalid_args);
    EXPECT_STREQ(refuse(Error{.code = ENOTSUP}).error().name, error::not_supported);
    EXPECT_STREQ(refuse(Error{.code = EIO, .doing = "x"}).error().name, error::failed);
}

TEST(Figures, name_every_kind_of_queue_and_rung) {
    EXPECT_EQ(text_of(QueueType::sdma_xgmi), "sdma-xgmi");
    EXPECT_EQ(text_of(QueueType::compute_pm4), "compute-pm4");
    EXPECT_EQ(text_of(QueueType::sdma), "sdma");
    EXPECT_EQ(text_of(QueueType::unknown), "unknown");
    EXPECT_EQ(text_of(PreemptionLevel::cooperative_save), "cooperative-save");
    EXPECT_EQ(text_of(PreemptionLevel::vendor_ioctl), "vendor-ioctl");
    EXPECT_EQ(text_of(PreemptionLevel::process_evict), "process-evict");
    EXPECT_EQ(text_of(PreemptionLevel::launch_limit), "launch-limit");
    EXPECT_EQ(text_of(PreemptionLevel::none), "none");
}

TEST(Figures, clamp_negative_durations) {
    EXPECT_EQ(usec_of(std::chrono::milliseconds(-1)), 0U);
    EXPECT_EQ(usec_of(std::chrono::milliseconds(2)), 2000U);
}

TEST(Figures, have_no_occupancy_without_a_queue) {
    EXPECT_EQ(occupancy_of(std::span<const Queue>()), unknown_ratio);
}

}  // namespace
}  // namespace penstock::dbus
