// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/decode_resctrl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace penstock {
namespace {

const std::string folder = std::string(MACHINES) + "/goresctrl/sys/fs/resctrl";

const DecodedField* find(const std::vector<DecodedField>& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &DecodedField::name);
    return found == fields.end() ? nullptr : &*found;
}

TEST(DecodeResctrl, names_the_values_of_a_recorded_folder_with_their_units) {
    const auto files = resctrl_files(folder);
    ASSERT_TRUE(files);
    const auto fields = decode_resctrl(*files);

    const DecodedField* total = find(fields, "mon_data/mon_L3_02/mbm_total_bytes");
    ASSERT_NE(total, nullptr);
    EXPECT_EQ(total->unit, "B");
    EXPECT_EQ(std::get<std::uint64_t>(*total->value), 974782464);
    const DecodedField* features = find(fields, "info/L3_MON/mon_features");
    ASSERT_NE(features, nullptr);
    EXPECT_EQ(std::get<std::string>(*features->value),
              "llc_occupancy mbm_total_bytes mbm_local_bytes");
}

TEST(DecodeResctrl, shows_a_number_that_it_does_not_know_without_a_unit) {
    const auto files = resctrl_files(folder);
    ASSERT_TRUE(files);
    const auto fields = decode_resctrl(*files);

    const DecodedField* odd =
        find(fields, "goresctrl.Guaranteed/mon_data/mon_L3_00/xxx_new_metric");
    ASSERT_NE(odd, nullptr);
    EXPECT_EQ(odd->unit, "");
    EXPECT_EQ(std::get<std::uint64_t>(*odd->value), 1000);
}

TEST(DecodeResctrl, leaves_out_what_is_no_value) {
    const auto files = resctrl_files(folder);
    ASSERT_TRUE(files);
    EXPECT_EQ(find(decode_resctrl(*files), "schemata"), nullptr);
}

TEST(DecodeResctrl, takes_a_single_file) {
    const auto files = resctrl_files(folder + "/mon_data/mon_L3_00/mbm_total_bytes");
    ASSERT_TRUE(files);
    const auto fields = decode_resctrl(*files);

    ASSERT_EQ(fields.size(), 1);
    EXPECT_EQ(std::get<std::uint64_t>(*fields.front().value), 264830976);
}

TEST(DecodeResctrl, says_which_file_is_not_there) {
    const auto files = resctrl_files(folder + "/nothing");
    ASSERT_FALSE(files);
    EXPECT_THAT(files.error().message(), testing::EndsWith("No such file or directory"));
}

TEST(DecodeResctrl, has_no_value_where_resctrl_has_a_word) {
    const std::array files{
        ResctrlFile{.path = "mon_L3_00/mbm_total_bytes", .text = "Unavailable\n"},
        ResctrlFile{.path = "mon_L3_00/mbm_local_bytes", .text = "Unassigned\n"},
        ResctrlFile{.path = "mon_L3_00/llc_occupancy", .text = "Error\n"},
        ResctrlFile{.path = "info/last_cmd_status", .text = "\n"}};
    const auto fields = decode_resctrl(files);

    ASSERT_EQ(fields.size(), 4);
    for (const DecodedField& field : fields) {
        EXPECT_EQ(field.value, std::nullopt) << field.name;
    }
}

}  // namespace
}  // namespace penstock
