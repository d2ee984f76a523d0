// SPDX-License-Identifier: Apache-2.0
//
// CRIU_OP: on our own file and on another's, with and without being its tracer or having the right.

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <future>

#include "base/pidfd.h"
#include "tests/kernel/contract/debugger.h"

namespace penstock::contract {

namespace {

constexpr std::uint32_t operations = 7;  // Two more than there are.

struct CriuArgument {
    std::uint64_t devices = 0;
    std::uint64_t bos = 0;
    std::uint64_t priv_data = 0;
    std::uint64_t priv_data_size = 0;
    std::uint32_t num_devices = 0;
    std::uint32_t num_bos = 0;
    std::uint32_t num_objects = 0;
    std::uint32_t pid = 0;
    std::uint32_t op = 0;
};

std::string perform_on(int file, CriuArgument argument) {
    const int result = ioctl_result(file, kfd::request<CriuArgument>(kfd::Nr::criu_op), &argument);
    return fmt::format("{} devices={} bos={} objects={} bytes={}",
                       said(result),
                       argument.num_devices,
                       argument.num_bos,
                       argument.num_objects,
                       argument.priv_data_size);
}

void drop_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> none{};
    ::syscall(SYS_capset, &header, none.data());
}

// The target's own file, in our hands.
Fd file_of_target(Stage& stage) {
    const Result<Fd> process = open_pidfd(stage.target().pid());
    if (!process) {
        return {};
    }
    Result<Fd> file = duplicate_from(*process, stage.target().file_number());
    return file ? std::move(*file) : Fd{};
}

enum class Whose { own, foreign, traced, traced_by_other_thread };

std::string play(Stage& stage, Whose whose, bool capable, const CriuArgument& argument) {
    if (whose == Whose::own) {
        const int file = stage.file();
        if (!capable) {
            drop_capabilities();
        }
        return perform_on(file, argument);
    }
    stage.target().open();
    const Fd file = file_of_target(stage);
    if (whose != Whose::foreign) {
        ::ptrace(PTRACE_SEIZE, stage.target().pid(), 0, 0);
    }
    if (!capable) {
        drop_capabilities();
    }
    const auto call = [&] { return perform_on(file.get(), argument); };
    return whose == Whose::traced_by_other_thread ? std::async(std::launch::async, call).get()
                                                  : call();
}

void add_whose(Cases& cases, const char* name, Whose whose) {
    for (std::uint32_t op = 0; op < operations; ++op) {
        for (const bool capable : {true, false}) {
            cases.push_back(
                {fmt::format("criu.{}.op_{}{}", name, op, capable ? "" : ".without_capability"),
                 [=](Stage& stage) { return play(stage, whose, capable, {.op = op}); }});
        }
    }
}

}  // namespace

Cases criu_cases() {
    Cases cases;
    add_whose(cases, "own", Whose::own);
    add_whose(cases, "foreign", Whose::foreign);
    add_whose(cases, "traced", Whose::traced);
    add_whose(cases, "traced_by_other_thread", Whose::traced_by_other_thread);
    cases.push_back({"criu.checkpoint_with_pointers", [](Stage& stage) {
                         const std::uint64_t somewhere = address_of(stage.page().ring);
                         return play(stage,
                                     Whose::own,
                                     true,
                                     {.devices = somewhere,
                                      .bos = somewhere,
                                      .priv_data = somewhere,
                                      .priv_data_size = 8,
                                      .op = 1});
                     }});
    cases.push_back({"criu.resume_of_dead_pid", [](Stage& stage) {
                         return play(stage, Whose::own, true, {.pid = 0x7fffffff, .op = 4});
                     }});
    return cases;
}

}  // namespace penstock::contract
