// SPDX-License-Identifier: Apache-2.0
//
// The verifier's work is a golden file: a program that suddenly costs it much more, or less, is
// another program. Update verifier_budget.csv on purpose, with the reason in the commit.

#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <fstream>
#include <map>

#include "agent/probes/queues/bpf_access.h"
#include "base/text.h"
#include "bpf/skeletons.h"

namespace penstock {
namespace {

struct Budget {
    std::string kernel;  // On which it was measured: "6.18".
    double instructions = 0;
};

std::map<std::string, Budget> read_budgets() {
    std::map<std::string, Budget> budgets;
    std::ifstream file(VERIFIER_BUDGET);
    std::string line;
    std::getline(file, line);  // The column names.
    while (std::getline(file, line)) {
        const auto columns = split(line, ',');
        const auto instructions = parse_number<std::uint32_t>(columns.at(2));
        EXPECT_TRUE(instructions) << line;
        budgets[std::string(columns.at(0))] = {.kernel = std::string(columns.at(1)),
                                               .instructions = instructions.value_or(0) * 1.0};
    }
    return budgets;
}

std::uint32_t verified_instructions(const bpf_program* program) {
    bpf_prog_info seen{};
    __u32 size = sizeof(seen);
    EXPECT_EQ(bpf_obj_get_info_by_fd(bpf_program__fd(program), &seen, &size), 0);
    return seen.verified_insns;
}

void expect_within_budget(const bpf_program* program) {
    const std::string name = bpf_program__name(program);
    const auto budgets = read_budgets();
    ASSERT_TRUE(budgets.contains(name)) << name;
    const Budget& budget = budgets.at(name);
    const double seen = verified_instructions(program);
    utsname running{};
    ASSERT_EQ(::uname(&running), 0);
    const std::string release = static_cast<const char*>(running.release);
    if (release.starts_with(budget.kernel + ".")) {
        EXPECT_NEAR(seen, budget.instructions, budget.instructions / 10) << name;
    } else {
        // Other verifiers walk other paths; a limit is all that can be asked of them.
        EXPECT_LE(seen, 3 * budget.instructions) << name;
    }
}

TEST(VerifierBudget, holds_for_queue_discovery) {
    const OwnedSkeleton<queue_discovery_bpf> program(queue_discovery_bpf::open_and_load());
    ASSERT_TRUE(program);
    expect_within_budget(program->progs.on_sys_exit);
}

TEST(VerifierBudget, holds_for_the_pointer_watch) {
    const OwnedSkeleton<pointer_watch_bpf> program(pointer_watch_bpf::open_and_load());
    ASSERT_TRUE(program);
    expect_within_budget(program->progs.on_switch);
    expect_within_budget(program->progs.on_tick);
}

}  // namespace
}  // namespace penstock
