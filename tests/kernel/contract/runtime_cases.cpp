// SPDX-License-Identifier: Apache-2.0
//
// RUNTIME_ENABLE: alone, and together with a debugger that answers, or does not.

#include <fmt/format.h>

#include "tests/kernel/contract/debugger.h"

namespace penstock::contract {

namespace {

constexpr std::uint32_t on = kfd::runtime_enable_mode_enable;
constexpr std::uint32_t on_with_ttmp = on | kfd::runtime_enable_mode_ttmp_save;

std::string sequence(Stage& stage, const std::vector<std::uint32_t>& modes) {
    std::string text;
    for (const std::uint32_t mode : modes) {
        kfd::RuntimeEnable argument{.r_debug = 0x1000, .mode_mask = mode};
        text += (text.empty() ? "" : " ") + said(stage.call(kfd::Nr::runtime_enable, argument));
    }
    return text;
}

std::string answered(Stage& stage, std::uint32_t mode) {
    const std::string waits = start_runtime(stage, mode);
    const std::string events = query(stage);
    const std::string answer = send_runtime_event(stage, kfd::exception_process_runtime);
    const int bytes = stage.bytes_in_pipe();
    return joined({waits,
                   fmt::format("pipe={}", bytes),
                   events,
                   "answer " + answer,
                   "returns " + said(stage.target().result())});
}

std::string answered_by_disable(Stage& stage) {
    enable_traced(stage);
    const std::string waits = start_runtime(stage, on);
    const std::string off = disable(stage);
    const std::string after = said(stage.target().result());
    return fmt::format("{}, disable {}, then {}", waits, off, after);
}

std::string answered_beforehand(Stage& stage) {
    enable_traced(stage);
    const std::string early = send_runtime_event(stage, kfd::exception_process_runtime);
    const std::string first = start_runtime(stage, on);
    const std::string second = start_runtime(stage, 0);
    return fmt::format("answer {}, on {}, off {}", early, first, second);
}

std::string ended_under_debugger(Stage& stage) {
    seize_opened(stage);
    start_runtime(stage, on);
    const std::string before = enable(stage);
    return fmt::format("{}; off: {}", before, answered(stage, 0));
}

void add_debugged(Cases& cases) {
    cases.push_back({"runtime.on_is_answered", [](Stage& stage) {
                         enable_traced(stage);
                         return answered(stage, on);
                     }});
    cases.push_back({"runtime.on_with_ttmp_is_answered", [](Stage& stage) {
                         enable_traced(stage);
                         return joined(
                             {answered(stage, on_with_ttmp), disable(stage), enable(stage)});
                     }});
    cases.push_back({"runtime.off_while_disabled_is_answered", [](Stage& stage) {
                         enable_traced(stage);
                         return answered(stage, 0);
                     }});
    cases.push_back({"runtime.off_is_answered", ended_under_debugger});
    cases.push_back({"runtime.on_while_debugger_disables", answered_by_disable});
    cases.push_back({"runtime.answered_beforehand", answered_beforehand});
    cases.push_back({"runtime.on_twice_under_debugger", [](Stage& stage) {
                         enable_traced(stage);
                         answered(stage, on);
                         return start_runtime(stage, on);
                     }});
    cases.push_back({"runtime.on_then_shown_to_debugger", [](Stage& stage) {
                         seize_opened(stage);
                         const std::string first = start_runtime(stage, on_with_ttmp);
                         return first + ", " + enable(stage);
                     }});
    cases.push_back({"runtime.not_subscribed", [](Stage& stage) {
                         seize_opened(stage);
                         enable(stage, 0);
                         return answered(stage, on);
                     }});
    cases.push_back({"runtime.blocked_target_dies", [](Stage& stage) {
                         enable_traced(stage);
                         start_runtime(stage, on);
                         stage.target().kill();
                         const std::string dead = disable(stage);
                         stage.target().reap();
                         return dead + ", reaped " + disable(stage);
                     }});
}

}  // namespace

Cases runtime_cases() {
    Cases cases;
    cases.push_back({"runtime.on", [](Stage& s) { return sequence(s, {on}); }});
    cases.push_back({"runtime.on_twice", [](Stage& s) { return sequence(s, {on, on}); }});
    cases.push_back({"runtime.off", [](Stage& s) { return sequence(s, {0}); }});
    cases.push_back({"runtime.on_off_on", [](Stage& s) { return sequence(s, {on, 0, on}); }});
    cases.push_back({"runtime.off_twice", [](Stage& s) { return sequence(s, {on, 0, 0}); }});
    cases.push_back({"runtime.ttmp_alone", [](Stage& s) { return sequence(s, {2, on}); }});
    cases.push_back({"runtime.unknown_bits", [](Stage& s) { return sequence(s, {0xfffffffc}); }});
    cases.push_back({"runtime.all_bits", [](Stage& s) { return sequence(s, {0xffffffff}); }});
    cases.push_back({"runtime.bad_r_debug", [](Stage& s) {
                         kfd::RuntimeEnable argument{.r_debug = ~std::uint64_t{0}, .mode_mask = on};
                         return said(s.call(kfd::Nr::runtime_enable, argument));
                     }});
    add_debugged(cases);
    return cases;
}

}  // namespace penstock::contract
