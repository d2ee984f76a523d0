// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/process_advice.h"

#include <array>
#include <string_view>

namespace penstock::ctl {
namespace {

struct Advice {
    std::string_view mark;  // What the sentences of this class have in common.
    std::string_view text;
};

// The agent gives its reasons as sentences for people. The first mark that occurs counts.
constexpr std::array advices{
    Advice{.mark = "ptrace_scope",
           .text = "set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and reboot, or let it "
                   "cooperate by loading Penstock's library"},
    Advice{.mark = "RUNTIME_ENABLE",
           .text = "run it with ROCr 5.7 or later, or let it cooperate by loading Penstock's "
                   "library, or allow process-evict for it in a rule"},
    Advice{.mark = "debug slot",
           .text = "let it or the other program cooperate by loading Penstock's library: the "
                   "device can debug one program at a time"},
    Advice{.mark = "another debugger",
           .text = "detach gdb, strace or rocgdb from it, or let it cooperate by loading "
                   "Penstock's library"},
    Advice{.mark = "32-bit", .text = "run a 64-bit build of it: the driver serves no other"},
    Advice{.mark = "namespace",
           .text = "run the agent in the machine's own pid namespace, or let it cooperate by "
                   "loading Penstock's library"},
    Advice{.mark = "setuid",
           .text = "let it cooperate by loading Penstock's library, or start it without setuid"},
    Advice{.mark = "CAP_SYS_PTRACE",
           .text = "give penstock-gate CAP_SYS_PTRACE, as the shipped unit does"},
    Advice{.mark = "more queues than",
           .text = "let it create fewer queues; GPU_MAX_HW_QUEUES=4 limits those of HIP"},
    Advice{.mark = "DBG_TRAP",
           .text = "run Linux 6.5 or later, or let it cooperate by loading Penstock's library, or "
                   "allow process-evict for it in a rule"},
    Advice{.mark = "not able to", .text = "run it with this version of Penstock's library"},
    Advice{.mark = "its limit", .text = "end programs that no longer need their queues"},
    Advice{.mark = "for debugging",
           .text = "see what the driver says: dmesg | grep -e amdgpu -e kfd"},
    Advice{.mark = "no usable device", .text = "see the table of the machine above"},
};

}  // namespace

std::string advice_for(const ProcessView& process) {
    if (process.level == "cooperative-save" || process.level == "debug-suspend") {
        return "";
    }
    for (const Advice& advice : advices) {
        if (process.level_reason.find(advice.mark) != std::string::npos) {
            return std::string(advice.text);
        }
    }
    return "";
}

}  // namespace penstock::ctl
