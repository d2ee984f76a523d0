// SPDX-License-Identifier: Apache-2.0
//
// DBG_TRAP as a state machine: every operation in every state a target may be in.

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <future>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "base/tree.h"
#include "tests/kernel/contract/debugger.h"

namespace penstock::contract {

namespace {

using kfd::DebugOp;

constexpr std::uint32_t operations = 17;  // Two more than there are.
constexpr std::uint32_t on = kfd::runtime_enable_mode_enable;

// Brings the target into its state and returns which process to name.
using Preparation = pid_t (*)(Stage& stage);

struct State {
    const char* name;
    Preparation prepare;
    // Whether another thread of ours than the one that prepared makes the call.
    bool from_other_thread = false;
};

pid_t opened(Stage& stage) {
    stage.target().open();
    return stage.target().pid();
}

pid_t traced(Stage& stage) {
    seize_opened(stage);
    return stage.target().pid();
}

pid_t enabled(Stage& stage) {
    enable_traced(stage);
    return stage.target().pid();
}

pid_t runtime_before(Stage& stage) {
    seize_opened(stage);
    start_runtime(stage, on);
    enable(stage);
    return stage.target().pid();
}

pid_t runtime_pending(Stage& stage) {
    enable_traced(stage);
    start_runtime(stage, on);
    return stage.target().pid();
}

pid_t runtime_after(Stage& stage) {
    const pid_t target = runtime_pending(stage);
    send_runtime_event(stage, kfd::exception_process_runtime);
    stage.target().result();
    return target;
}

pid_t runtime_without_debugger(Stage& stage) {
    seize_opened(stage);
    start_runtime(stage, on);
    return stage.target().pid();
}

pid_t detached(Stage& stage) {
    const pid_t target = runtime_before(stage);
    stop_tracing(stage);
    return target;
}

pid_t disabled_again(Stage& stage) {
    const pid_t target = runtime_before(stage);
    disable(stage);
    return target;
}

// A subject traces and debugs it, not we.
pid_t enabled_by_another(Stage& stage) {
    stage.target().open();
    stage.other().open();
    stage.other().seize(stage.target().pid());
    kfd::DebugTrap argument = fine_argument(stage, stage.target().pid(), DebugOp::enable);
    argument.enable.dbg_fd = static_cast<std::uint32_t>(stage.other().make_pipe());
    stage.other().call(kfd::Nr::debug_trap, argument);
    return stage.target().pid();
}

pid_t self(Stage& stage) {
    stage.file();
    return ::getpid();
}

pid_t self_enabled(Stage& stage) {
    perform(stage, self(stage), DebugOp::enable);
    return ::getpid();
}

pid_t self_with_runtime(Stage& stage) {
    kfd::RuntimeEnable argument{.mode_mask = on};
    stage.call(kfd::Nr::runtime_enable, argument);
    return self_enabled(stage);
}

pid_t after_failed_enable(Stage& stage) {
    seize_opened(stage);
    kfd::DebugTrap argument = fine_argument(stage, stage.target().pid(), DebugOp::enable);
    argument.enable.dbg_fd = static_cast<std::uint32_t>(-1);
    perform(stage, argument);
    stop_tracing(stage);
    return stage.target().pid();
}

pid_t zombie(Stage& stage) {
    const pid_t target = opened(stage);
    stage.target().kill();
    return target;
}

pid_t enabled_zombie(Stage& stage) {
    const pid_t target = enabled(stage);
    stage.target().kill();
    return target;
}

pid_t thread_of(Stage& stage) {
    seize_opened(stage);
    return stage.target().start_thread();
}

pid_t thread_of_enabled(Stage& stage) {
    const pid_t thread = thread_of(stage);
    enable(stage);
    return thread;
}

// One without memory of its own. Where /proc shows none, a zombie: it has none either.
pid_t kernel_thread(Stage& stage) {
    stage.file();
    const Tree proc("/proc");
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        const auto pid = parse_number<pid_t>(name);
        const Result<std::string> status = pid ? proc.read(name + "/status") : fail("no process");
        if (status && !value_of(*status, "VmSize") && value_of(*status, "PPid") == "2") {
            return *pid;
        }
    }
    return zombie(stage);
}

const std::array states{
    State{.name = "not_opened", .prepare = [](Stage& stage) { return stage.target().pid(); }},
    State{.name = "not_opened_traced",
          .prepare =
              [](Stage& stage) {
                  ::ptrace(PTRACE_SEIZE, stage.target().pid(), 0, 0);
                  return stage.target().pid();
              }},
    State{.name = "opened", .prepare = opened},
    State{.name = "traced", .prepare = traced},
    State{.name = "traced_by_other_thread", .prepare = traced, .from_other_thread = true},
    State{.name = "enabled", .prepare = enabled},
    State{.name = "enabled_by_other_thread", .prepare = enabled, .from_other_thread = true},
    State{.name = "enabled_by_another", .prepare = enabled_by_another},
    State{.name = "enable_failed", .prepare = after_failed_enable},
    State{.name = "runtime_without_debugger", .prepare = runtime_without_debugger},
    State{.name = "runtime_before", .prepare = runtime_before},
    State{.name = "runtime_pending", .prepare = runtime_pending},
    State{.name = "runtime_after", .prepare = runtime_after},
    State{.name = "detached", .prepare = detached},
    State{.name = "detached_other_thread", .prepare = detached, .from_other_thread = true},
    State{.name = "disabled_again", .prepare = disabled_again},
    State{.name = "self", .prepare = self},
    State{.name = "self_enabled", .prepare = self_enabled},
    State{.name = "self_with_runtime", .prepare = self_with_runtime},
    State{.name = "zombie", .prepare = zombie},
    State{.name = "enabled_zombie", .prepare = enabled_zombie},
    State{.name = "thread_of_traced", .prepare = thread_of},
    State{.name = "thread_of_enabled", .prepare = thread_of_enabled},
    State{.name = "pid_zero", .prepare = [](Stage&) { return 0; }},
    State{.name = "pid_huge", .prepare = [](Stage&) { return 0x7fffffff; }},
    State{.name = "pid_negative", .prepare = [](Stage&) { return -1; }},
    State{.name = "kernel_thread", .prepare = kernel_thread},
};

std::string play(Stage& stage, const State& state, DebugOp op) {
    const pid_t pid = state.prepare(stage);
    const auto call = [&] { return perform(stage, pid, op); };
    return state.from_other_thread ? std::async(std::launch::async, call).get() : call();
}

}  // namespace

Cases debug_state_cases() {
    Cases cases;
    cases.reserve(states.size() * operations);
    for (const State& state : states) {
        for (std::uint32_t op = 0; op < operations; ++op) {
            cases.push_back({fmt::format("debug.{}.op_{}", state.name, op), [&state, op](Stage& s) {
                                 return play(s, state, static_cast<DebugOp>(op));
                             }});
        }
    }
    return cases;
}

}  // namespace penstock::contract
