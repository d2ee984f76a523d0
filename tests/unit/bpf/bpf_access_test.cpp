// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/bpf_access.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

std::string refusal_with(const std::string& effective, int code = EPERM) {
    fakes::ScratchTree proc;
    proc.write("self/status", "CapInh:\t0000000000000000\nCapEff:\t" + effective + "\n");
    return explain_refusal(code, "load a program", Tree(proc.root())).message();
}

TEST(BpfRefusal, names_every_missing_capability) {
    EXPECT_EQ(refusal_with("0000000000000000"),
              "load a program (this needs CAP_BPF CAP_PERFMON): Operation not permitted");
}

TEST(BpfRefusal, names_only_what_is_missing) {
    // CAP_BPF is 39, CAP_PERFMON 38.
    EXPECT_EQ(refusal_with("0000008000000000", EACCES),
              "load a program (this needs CAP_PERFMON): Permission denied");
    EXPECT_EQ(refusal_with("0000004000000000"),
              "load a program (this needs CAP_BPF): Operation not permitted");
}

TEST(BpfRefusal, blames_the_kernel_when_nothing_is_missing) {
    EXPECT_EQ(refusal_with("000000c000000000"),
              "load a program (a hardening of this kernel): Operation not permitted");
    EXPECT_EQ(refusal_with("0000000000200000"),
              "load a program (a hardening of this kernel): Operation not permitted");
}

TEST(BpfRefusal, adds_nothing_to_other_failures) {
    EXPECT_EQ(refusal_with("0000000000000000", ENOMEM), "load a program: Cannot allocate memory");
    EXPECT_EQ(refusal_with("not hexadecimal"), "load a program: Operation not permitted");
}

}  // namespace
}  // namespace penstock
