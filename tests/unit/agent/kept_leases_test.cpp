// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_leases.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "base/tree.h"
#include "tests/fakes/scratch_tree.h"
#include "tests/unit/agent/listening_child.h"

namespace penstock {
namespace {

KeptLease sample(std::uint32_t number) {
    return {.number = number,
            .resource = LeaseResource::pcie_d2h,
            .wish = {.pool = {.kind = LeasePool::Kind::from_device, .number = 51432},
                     .party = {.uid = 1000, .pid = 4242},
                     .lease_class = LeaseClass::stream,
                     .weight = 300,
                     .want = 40'000,
                     .least = 30'000,
                     .exclusive = true},
            .promise = 35'000,
            .who = "a copy",
            .why = "of weights"};
}

// An agent after another, which is told that there is a service manager.
bool next_agent(const std::string& names, int count, const std::function<bool()>& in_child) {
    return started_with(names, count, [&] {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the child has one thread.
        return ::setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1) == 0 && in_child();
    });
}

TEST(KeptLeases, are_read_as_they_were_written) {
    const LeaseList list{{7, sample(7)}, {9, sample(9)}};
    const std::string text = text_of(list);
    EXPECT_EQ(text.substr(0, text.find('\n')),
              "7\tpcie-d2h\t51432\t1000\t4242\tstream\t300\t40000\t30000\t35000\t1\ta copy\tof "
              "weights");
    const LeaseList read = parse_leases(text);
    EXPECT_EQ(text_of(read), text);
    EXPECT_EQ(read.at(9).wish.pool, sample(9).wish.pool);
}

TEST(KeptLeases, leave_out_what_makes_no_sense) {
    const std::string sound = text_of({{7, sample(7)}});
    for (const auto& [word, other] : {std::pair("7\tpcie", "0\tpcie"),
                                      std::pair("pcie-d2h", "pcie"),
                                      std::pair("stream", "best"),
                                      std::pair("\t300\t", "\t10001\t"),
                                      std::pair("\t30000\t", "\t40001\t"),
                                      std::pair("\t1\ta", "\t2\ta"),
                                      std::pair("a copy", "a\x1b copy"),
                                      std::pair("\tof weights", "")}) {
        std::string spoilt = sound;
        spoilt.replace(spoilt.find(word), std::string(word).size(), other);
        EXPECT_TRUE(parse_leases(spoilt).empty()) << spoilt;
    }
}

// Column by column: what is one more than its type or its bound has room for.
TEST(KeptLeases, leave_out_numbers_that_are_too_large) {
    const std::string sound = text_of({{7, sample(7)}});
    for (const auto& [word, other] : {std::pair("7\t", "4294967296\t"),
                                      std::pair("\t51432\t", "\t4294967296\t"),
                                      std::pair("\t1000\t", "\t-1\t"),
                                      std::pair("\t4242\t", "\t4294967296\t"),
                                      std::pair("\t300\t", "\t0\t"),
                                      std::pair("\t40000\t", "\t1000000000000001\t"),
                                      std::pair("\t35000\t", "\t1000000000000001\t"),
                                      std::pair("\t35000\t", "\t18446744073709551616\t")}) {
        std::string spoilt = sound;
        spoilt.replace(spoilt.find(word), std::string(word).size(), other);
        ASSERT_NE(spoilt, sound);
        EXPECT_TRUE(parse_leases(spoilt).empty()) << spoilt;
    }
}

TEST(KeptLeases, keep_the_sound_lines_of_a_file_that_is_not) {
    const std::string sound = text_of({{7, sample(7)}});
    const std::string eight = text_of({{8, sample(8)}});
    const LeaseList read = parse_leases("\n\t\t\n" + sound + "7 pcie-d2h\n" + eight.substr(0, 20) +
                                        "\n" + eight.substr(0, eight.size() - 1));
    EXPECT_EQ(text_of(read), sound + eight) << "the last line may have no end";
    EXPECT_TRUE(parse_leases(sound.substr(0, sound.size() - 1) + "\tmore\n").empty());
}

TEST(KeptLeases, take_the_later_line_of_the_same_number) {
    KeptLease later = sample(7);
    later.who = "another";
    const LeaseList read = parse_leases(text_of({{7, sample(7)}}) + text_of({{7, later}}));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read.at(7).who, "another");
}

TEST(KeptLeases, are_none_where_the_file_is_damaged_or_gone) {
    for (const std::string& text : {std::string("\0\xff\x80", 3), std::string()}) {
        fakes::ScratchTree folder;
        folder.write("leases", text);
        EXPECT_TRUE(next_agent("lease-7", 1, [&] {
            DescriptorStore store = DescriptorStore::from_manager();
            return KeptLeases(folder.root() + "/leases", store).take().empty();
        }));
    }
    fakes::ScratchTree folder;
    EXPECT_TRUE(next_agent("lease-7", 1, [&] {
        DescriptorStore store = DescriptorStore::from_manager();
        return KeptLeases(folder.root() + "/leases", store).take().empty();
    }));
}

TEST(KeptLeases, know_no_descriptor_by_half_a_name) {
    fakes::ScratchTree folder;
    folder.write("leases", text_of({{7, sample(7)}}));
    EXPECT_TRUE(next_agent("lease-07:lease-7x:lease-:lease", 4, [&] {
        DescriptorStore store = DescriptorStore::from_manager();
        return KeptLeases(folder.root() + "/leases", store).take().empty();
    }));
}

TEST(KeptLeases, are_bounded) {
    std::string text;
    for (std::uint32_t number = 1; number <= most_kept_leases + 1; ++number) {
        text += text_of({{number, sample(number)}});
    }
    EXPECT_EQ(parse_leases(text).size(), most_kept_leases);
}

TEST(KeptLeases, are_those_of_which_the_manager_has_kept_the_descriptor) {
    fakes::ScratchTree folder;
    folder.write("leases", text_of({{7, sample(7)}, {8, sample(8)}, {9, sample(9)}}));
    EXPECT_TRUE(next_agent("lease-7:lease-9:lease-10", 3, [&] {
        DescriptorStore store = DescriptorStore::from_manager();
        KeptLeases leases(folder.root() + "/leases", store);
        const auto found = leases.take();
        return found.size() == 2 && found[0].lease.number == 7 && found[0].descriptor.get() == 3 &&
               found[1].lease.number == 9 && found[1].lease.who == "a copy";
    }));
}

TEST(KeptLeases, are_in_a_file_for_the_agent_alone_until_they_end) {
    fakes::ScratchTree folder;
    const std::string path = folder.root() + "/leases";
    folder.write("leases", text_of({{7, sample(7)}, {8, sample(8)}}));
    EXPECT_TRUE(next_agent("lease-7", 1, [&] {
        DescriptorStore store = DescriptorStore::from_manager();
        KeptLeases leases(path, store);
        const auto found = leases.take();
        leases.forget(7);
        leases.forget(7);
        return found.size() == 1;
    }));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(status.st_size, 0) << "and of the other one nobody has the descriptor";
}

TEST(KeptLeases, are_none_without_a_service_manager) {
    fakes::ScratchTree folder;
    DescriptorStore store;
    KeptLeases leases(folder.root() + "/leases", store);
    leases.keep(sample(7), Fd());
    EXPECT_TRUE(leases.take().empty());
    EXPECT_NE(::access((folder.root() + "/leases").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace penstock
