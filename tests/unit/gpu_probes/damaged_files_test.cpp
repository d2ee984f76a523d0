// SPDX-License-Identifier: Apache-2.0
//
// Whatever happens to a recorded file on its way, no decoder crashes; and where the damage can be
// seen, nothing is taken from it.

#include <gtest/gtest.h>

#include <functional>

#include "agent/probes/decode/fdinfo.h"
#include "agent/probes/decode/gpu_metrics.h"
#include "agent/probes/decode/kfd_properties.h"
#include "agent/probes/decode/pcie.h"
#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using fakes::recorded;

constexpr std::size_t header_bytes = 4;
constexpr unsigned bits_in_byte = 8;

void for_each_flip(const std::string& whole,
                   std::size_t bytes,
                   const std::function<void(const std::string&, std::size_t)>& check) {
    std::string damaged = whole;
    for (std::size_t bit = 0; bit < bytes * bits_in_byte; ++bit) {
        char& byte = damaged[bit / bits_in_byte];
        byte = static_cast<char>(byte ^ 1 << bit % bits_in_byte);
        check(damaged, bit);
        byte = whole[bit / bits_in_byte];
    }
}

class RecordedTable : public testing::TestWithParam<const char*> {
  protected:
    const std::string table_ = recorded(GetParam());
};

TEST_P(RecordedTable, that_was_cut_anywhere_is_refused) {
    for (std::size_t length = 0; length < table_.size(); ++length) {
        EXPECT_FALSE(decode_gpu_metrics(table_.substr(0, length))) << length;
        EXPECT_FALSE(decode_gpu_metrics_fields(table_.substr(0, length))) << length;
    }
}

TEST_P(RecordedTable, with_one_wrong_bit_in_its_header_is_refused) {
    for_each_flip(table_, header_bytes, [](const std::string& damaged, std::size_t bit) {
        EXPECT_FALSE(decode_gpu_metrics(damaged)) << "bit " << bit;
        EXPECT_FALSE(decode_gpu_metrics_fields(damaged)) << "bit " << bit;
    });
}

TEST_P(RecordedTable, with_one_wrong_bit_behind_its_header_is_still_read_in_bounds) {
    for_each_flip(table_, table_.size(), [](const std::string& damaged, std::size_t bit) {
        const auto metrics = decode_gpu_metrics(damaged);
        EXPECT_EQ(metrics.has_value(), bit >= header_bytes * bits_in_byte) << "bit " << bit;
        if (metrics) {
            EXPECT_LE(metrics->busy.value.value_or(0), 1) << "bit " << bit;
            EXPECT_LE(metrics->temperature.value.value_or(0), 200) << "bit " << bit;
        }
    });
}

INSTANTIATE_TEST_SUITE_P(Machines,
                         RecordedTable,
                         testing::Values("mangohud/gpu_metrics",
                                         "rx7600s/card1/device/gpu_metrics",
                                         "strixpoint/card1/device/gpu_metrics"));

TEST(RecordedText, that_is_damaged_crashes_no_decoder) {
    for (const char* file :
         {"rx580/card0/device/pcie_bw", "strixpoint/kfd/topology/nodes/1/properties"}) {
        const std::string whole = recorded(file);
        const auto try_all = [](const std::string& text) {
            EXPECT_NO_FATAL_FAILURE(static_cast<void>(decode_pcie_bw_fields(text)));
            EXPECT_NO_FATAL_FAILURE(static_cast<void>(decode_fdinfo_fields(text)));
            EXPECT_NO_FATAL_FAILURE(static_cast<void>(decode_kfd_properties(text)));
            EXPECT_NO_FATAL_FAILURE(static_cast<void>(decode_lane_rate(text)));
            EXPECT_NO_FATAL_FAILURE(static_cast<void>(decode_gpu_metrics(text)));
        };
        for (std::size_t length = 0; length < whole.size(); ++length) {
            try_all(whole.substr(0, length));
        }
        for_each_flip(whole, whole.size(), [&](const std::string& damaged, std::size_t) {
            try_all(damaged);
        });
    }
}

}  // namespace
}  // namespace penstock
