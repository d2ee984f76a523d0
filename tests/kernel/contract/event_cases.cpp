// SPDX-License-Identifier: Apache-2.0
//
// Events: created, set, waited for and destroyed, rightly and wrongly.

#include <fmt/format.h>

#include "tests/kernel/contract/stage.h"

namespace penstock::contract {

namespace {

using kfd::Nr;

constexpr std::uint32_t for_ever_ms = 0xffffffff;
constexpr std::uint32_t never_created = 77;

std::uint32_t create(Stage& stage, bool auto_reset = false) {
    kfd::CreateEvent argument{.auto_reset = auto_reset ? 1U : 0U};
    stage.call(Nr::create_event, argument);
    return argument.event_id;
}

std::string named(Stage& stage, Nr nr, std::uint32_t id) {
    kfd::EventNamed argument{.event_id = id};
    return said(stage.call(nr, argument));
}

std::string created(Stage& stage, kfd::CreateEvent argument) {
    const int result = stage.call(Nr::create_event, argument);
    return fmt::format("{} id={} slot={} trigger={} page={:x}",
                       said(result),
                       argument.event_id,
                       argument.event_slot_index,
                       argument.event_trigger_data,
                       argument.event_page_offset);
}

// Waits for the events in the page.
std::string wait(Stage& stage, std::uint32_t count, bool all, std::uint32_t timeout_ms) {
    kfd::WaitEvents argument{.events_ptr = address_of(stage.page().events),
                             .num_events = count,
                             .wait_for_all = all ? 1U : 0U,
                             .timeout = timeout_ms,
                             .wait_result = 9};
    const int result = stage.call(Nr::wait_events, argument);
    return fmt::format("{} result={} timeout={} age={}",
                       said(result),
                       argument.wait_result,
                       argument.timeout,
                       stage.page().events[0].detail[0]);
}

std::string wait_for_one(Stage& stage, std::uint32_t id, std::uint64_t age, std::uint32_t ms) {
    stage.page().events[0] = {.detail = {age}, .event_id = id};
    return wait(stage, 1, false, ms);
}

std::string wait_for_two(Stage& stage, bool all, bool both_set) {
    stage.page().events[0].event_id = create(stage);
    stage.page().events[1].event_id = create(stage);
    named(stage, Nr::set_event, stage.page().events[1].event_id);
    if (both_set) {
        named(stage, Nr::set_event, stage.page().events[0].event_id);
    }
    return wait(stage, 2, all, 0);
}

std::string create_many(Stage& stage) {
    int made = 0;
    int result = 0;
    for (kfd::CreateEvent one; made < 10'000; ++made) {
        one = {};
        result = stage.call(Nr::create_event, one);
        if (result != 0) {
            break;
        }
    }
    return fmt::format("{} after {}", said(result), made);
}

std::string reuse(Stage& stage) {
    const std::uint32_t first = create(stage);
    create(stage);
    named(stage, Nr::destroy_event, first);
    return fmt::format("first={} again={}", first, create(stage));
}

// A waiting subject, and what becomes of it when we do something to its event.
std::string while_waiting(Stage& stage, Nr nr) {
    Subject& target = stage.target();
    target.open();
    kfd::CreateEvent event;
    target.call(Nr::create_event, event);
    stage.page().events[0] = {.event_id = event.event_id};
    target.begin(Nr::wait_events,
                 kfd::WaitEvents{.events_ptr = address_of(stage.page().events),
                                 .num_events = 1,
                                 .timeout = for_ever_ms});
    return joined({said(target.result()),
                   "from outside " + named(stage, nr, event.event_id),
                   said(target.result())});
}

std::string twice(Stage& stage, bool auto_reset) {
    const std::uint32_t id = create(stage, auto_reset);
    named(stage, Nr::set_event, id);
    const std::string first = wait_for_one(stage, id, 0, 0);
    return first + ", " + wait_for_one(stage, id, 0, 0);
}

std::string bad_wait(Stage& stage, kfd::WaitEvents argument) {
    const int result = stage.call(Nr::wait_events, argument);
    return fmt::format("{} result={}", said(result), argument.wait_result);
}

void add_creations(Cases& cases) {
    cases.push_back({"event.create", [](Stage& s) { return created(s, {}); }});
    cases.push_back({"event.create_second", [](Stage& s) {
                         create(s);
                         return created(s, {});
                     }});
    for (std::uint32_t type = 1; type < 12; ++type) {
        cases.push_back({fmt::format("event.create_type_{}", type),
                         [type](Stage& s) { return created(s, {.event_type = type}); }});
    }
    cases.push_back({"event.create_type_huge",
                     [](Stage& s) { return created(s, {.event_type = 0x80000000}); }});
    cases.push_back({"event.create_with_unknown_page", [](Stage& s) {
                         return created(s, {.event_page_offset = 0x7777'0000'0000'1000});
                     }});
    cases.push_back({"event.create_for_unknown_node",
                     [](Stage& s) { return created(s, {.node_id = unknown_gpu_id}); }});
    cases.push_back({"event.create_until_full", create_many});
    cases.push_back({"event.number_is_used_again", reuse});
}

void add_names(Cases& cases) {
    for (const auto& [name, nr] : {std::pair{"destroy", Nr::destroy_event},
                                   std::pair{"set", Nr::set_event},
                                   std::pair{"reset", Nr::reset_event}}) {
        const auto add = [&cases, name](const char* what, auto play) {
            cases.push_back({fmt::format("event.{}_{}", name, what), play});
        };
        add("known", [nr](Stage& s) { return named(s, nr, create(s)); });
        add("unknown", [nr](Stage& s) { return named(s, nr, never_created); });
        add("number_zero", [nr](Stage& s) { return named(s, nr, 0); });
        add("huge_number", [nr](Stage& s) { return named(s, nr, 0xffffffff); });
        add("of_other_type", [nr](Stage& s) {
            kfd::CreateEvent other{.event_type = 3};
            s.call(Nr::create_event, other);
            return named(s, nr, other.event_id);
        });
        add("destroyed", [nr](Stage& s) {
            const std::uint32_t id = create(s);
            named(s, Nr::destroy_event, id);
            return named(s, nr, id);
        });
    }
}

void add_waits(Cases& cases) {
    const auto set_and_wait = [](std::uint64_t age) {
        return [age](Stage& s) {
            const std::uint32_t id = create(s);
            named(s, Nr::set_event, id);
            return wait_for_one(s, id, age, 0);
        };
    };
    cases.push_back({"wait.set", set_and_wait(0)});
    cases.push_back({"wait.set_with_age_now", set_and_wait(2)});
    cases.push_back({"wait.set_with_age_before", set_and_wait(1)});
    cases.push_back({"wait.set_with_age_never", set_and_wait(9)});
    cases.push_back({"wait.not_set", [](Stage& s) { return wait_for_one(s, create(s), 0, 0); }});
    cases.push_back(
        {"wait.not_set_with_age_now", [](Stage& s) { return wait_for_one(s, create(s), 1, 0); }});
    cases.push_back(
        {"wait.not_set_for_a_while", [](Stage& s) { return wait_for_one(s, create(s), 0, 20); }});
    cases.push_back({"wait.twice", [](Stage& s) { return twice(s, false); }});
    cases.push_back({"wait.twice_auto_reset", [](Stage& s) { return twice(s, true); }});
    cases.push_back({"wait.after_reset", [](Stage& s) {
                         const std::uint32_t id = create(s);
                         named(s, Nr::set_event, id);
                         named(s, Nr::reset_event, id);
                         return wait_for_one(s, id, 0, 0);
                     }});
    for (const bool all : {false, true}) {
        for (const bool both : {false, true}) {
            cases.push_back(
                {fmt::format(
                     "wait.{}_of_two_with_{}_set", all ? "all" : "any", both ? "two" : "one"),
                 [=](Stage& s) { return wait_for_two(s, all, both); }});
        }
    }
    cases.push_back({"wait.same_event_twice", [](Stage& s) {
                         const std::uint32_t id = create(s, true);
                         s.page().events[0].event_id = id;
                         s.page().events[1].event_id = id;
                         named(s, Nr::set_event, id);
                         return wait(s, 2, true, 0);
                     }});
    cases.push_back(
        {"wait.unknown", [](Stage& s) { return wait_for_one(s, never_created, 0, 0); }});
    cases.push_back({"wait.number_zero", [](Stage& s) { return wait_for_one(s, 0, 0, 0); }});
}

void add_blocked_and_bad_waits(Cases& cases) {
    cases.push_back(
        {"wait.while_set_by_us", [](Stage& s) { return while_waiting(s, Nr::set_event); }});
    cases.push_back({"wait.while_another_process_destroys_its_own",
                     [](Stage& s) { return while_waiting(s, Nr::destroy_event); }});
    cases.push_back({"wait.nothing", [](Stage& s) { return wait(s, 0, false, 0); }});
    cases.push_back({"wait.nothing_of_all", [](Stage& s) { return wait(s, 0, true, 0); }});
    cases.push_back({"wait.nothing_for_a_while", [](Stage& s) { return wait(s, 0, false, 20); }});
    cases.push_back({"wait.bad_pointer", [](Stage& s) {
                         return bad_wait(s, {.events_ptr = bad_address, .num_events = 1});
                     }});
    cases.push_back({"wait.null_pointer", [](Stage& s) { return bad_wait(s, {.num_events = 1}); }});
    cases.push_back({"wait.bad_pointer_of_nothing",
                     [](Stage& s) { return bad_wait(s, {.events_ptr = bad_address}); }});
    cases.push_back({"wait.too_many", [](Stage& s) {
                         return bad_wait(
                             s,
                             {.events_ptr = address_of(s.page().events), .num_events = 0xffffffff});
                     }});
    cases.push_back({"wait.five_thousand_unknown", [](Stage& s) {
                         return bad_wait(
                             s, {.events_ptr = address_of(s.page().events), .num_events = 5000});
                     }});
    cases.push_back({"wait.five_thousand_at_bad_pointer", [](Stage& s) {
                         return bad_wait(s, {.events_ptr = bad_address, .num_events = 5000});
                     }});
}

}  // namespace

Cases event_cases() {
    Cases cases;
    add_creations(cases);
    add_names(cases);
    add_waits(cases);
    add_blocked_and_bad_waits(cases);
    return cases;
}

}  // namespace penstock::contract
