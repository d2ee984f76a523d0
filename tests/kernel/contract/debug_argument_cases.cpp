// SPDX-License-Identifier: Apache-2.0
//
// DBG_TRAP arguments: sizes, counts, pointers and descriptors at and beyond their bounds.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>

#include "tests/kernel/contract/debugger.h"

namespace penstock::contract {

namespace {

using kfd::DebugOp;

// A call on a target in the state that the operation needs, with one thing changed.
template <typename Change>
void add(Cases& cases, std::string name, DebugOp op, Change change) {
    cases.push_back({std::move(name), [op, change](Stage& stage) {
                         seize_opened(stage);
                         start_runtime(stage, kfd::runtime_enable_mode_enable);
                         if (op != DebugOp::enable) {
                             enable(stage);
                         }
                         kfd::DebugTrap argument = fine_argument(stage, stage.target().pid(), op);
                         change(stage, argument);
                         return perform(stage, argument);
                     }});
}

void add_enables(Cases& cases) {
    const auto enabling = [&cases](const char* name, auto change) {
        add(cases, fmt::format("enable.{}", name), DebugOp::enable, change);
    };
    enabling("no_descriptor", [](Stage&, kfd::DebugTrap& a) { a.enable.dbg_fd = ~0U; });
    enabling("closed_descriptor", [](Stage&, kfd::DebugTrap& a) { a.enable.dbg_fd = 999; });
    enabling("path_descriptor", [](Stage&, kfd::DebugTrap& a) {
        a.enable.dbg_fd = static_cast<std::uint32_t>(::open("/", O_PATH | O_CLOEXEC));
    });
    enabling("event_descriptor", [](Stage&, kfd::DebugTrap& a) {
        a.enable.dbg_fd = static_cast<std::uint32_t>(::eventfd(0, EFD_CLOEXEC));
    });
    enabling("driver_descriptor", [](Stage& stage, kfd::DebugTrap& a) {
        a.enable.dbg_fd = static_cast<std::uint32_t>(stage.file());
    });
    enabling("null_info", [](Stage&, kfd::DebugTrap& a) { a.enable.rinfo_ptr = 0; });
    enabling("bad_info", [](Stage&, kfd::DebugTrap& a) { a.enable.rinfo_ptr = bad_address; });
    enabling("bad_info_of_no_size", [](Stage&, kfd::DebugTrap& a) {
        a.enable.rinfo_ptr = bad_address;
        a.enable.rinfo_size = 0;
    });
    enabling("bad_info_and_descriptor", [](Stage&, kfd::DebugTrap& a) {
        a.enable.rinfo_ptr = bad_address;
        a.enable.dbg_fd = ~0U;
    });
    for (const std::uint32_t size : {0U, 8U, 12U, 15U, 17U, 64U, 0xffffffffU}) {
        enabling(fmt::format("info_of_{}", size).c_str(),
                 [size](Stage&, kfd::DebugTrap& a) { a.enable.rinfo_size = size; });
    }
    enabling("no_exceptions", [](Stage&, kfd::DebugTrap& a) { a.enable.exception_mask = 0; });
    cases.push_back({"enable.again_after_bad_info", [](Stage& stage) {
                         seize_opened(stage);
                         kfd::DebugTrap bad =
                             fine_argument(stage, stage.target().pid(), DebugOp::enable);
                         bad.enable.rinfo_ptr = bad_address;
                         const std::string first = perform(stage, bad);
                         return first + ", " + enable(stage);
                     }});
    cases.push_back({"enable.again_after_disable", [](Stage& stage) {
                         enable_traced(stage);
                         return joined(
                             {disable(stage), enable(stage), disable(stage), disable(stage)});
                     }});
}

template <typename Fields>
void add_arrays(Cases& cases, const char* verb, DebugOp op, Fields fields) {
    const auto with = [&](const char* name, std::uint64_t array, std::uint32_t count) {
        add(cases, fmt::format("{}.{}", verb, name), op, [=](Stage& stage, kfd::DebugTrap& a) {
            auto& numbers = fields(a);
            numbers.queue_array_ptr = array == 1 ? address_of(stage.page().ids) : array;
            numbers.num_queues = count;
        });
    };
    with("none", 1, 0);
    with("none_at_null", 0, 0);
    with("none_at_bad_pointer", bad_address, 0);
    with("one_at_null", 0, 1);
    with("one_at_bad_pointer", bad_address, 1);
    with("two", 1, 2);
    with("1024", 1, 1024);
    with("1025", 1, 1025);
    with("1025_at_null", 0, 1025);
    with("1025_at_bad_pointer", bad_address, 1025);
    with("most", 1, 0xffffffff);
}

void add_suspensions(Cases& cases) {
    add_arrays(cases, "suspend", DebugOp::suspend_queues, [](kfd::DebugTrap& a) -> auto& {
        return a.suspend_queues;
    });
    add_arrays(cases, "resume", DebugOp::resume_queues, [](kfd::DebugTrap& a) -> auto& {
        return a.resume_queues;
    });
    for (const std::uint32_t id : {0U, 1023U, 0x40000000U, 0x80000005U, 0xffffffffU}) {
        for (const DebugOp op : {DebugOp::suspend_queues, DebugOp::resume_queues}) {
            const bool suspends = op == DebugOp::suspend_queues;
            add(cases,
                fmt::format("{}.number_{:x}", suspends ? "suspend" : "resume", id),
                op,
                [id](Stage& stage, kfd::DebugTrap&) { stage.page().ids[0] = id; });
        }
    }
    add(cases, "suspend.with_grace", DebugOp::suspend_queues, [](Stage&, kfd::DebugTrap& a) {
        a.suspend_queues.grace_period = 0xffffffff;
    });
    add(cases, "suspend.clearing_all", DebugOp::suspend_queues, [](Stage&, kfd::DebugTrap& a) {
        a.suspend_queues.exception_mask = all_exceptions;
    });
}

void add_snapshots(Cases& cases) {
    for (const auto& [verb, op] : {std::pair{"snapshot", DebugOp::get_queue_snapshot},
                                   std::pair{"devices", DebugOp::get_device_snapshot}}) {
        for (const std::uint32_t size : {0U, 1U, 63U, 64U, 65U, 1000U, 0xffffffffU}) {
            add(cases,
                fmt::format("{}.entries_of_{}", verb, size),
                op,
                [size](Stage&, kfd::DebugTrap& a) { a.queue_snapshot.entry_size = size; });
        }
        for (const std::uint32_t count : {0U, 1U, 1024U, 0xffffffffU}) {
            add(cases,
                fmt::format("{}.room_for_{}", verb, count),
                op,
                [count](Stage&, kfd::DebugTrap& a) { a.queue_snapshot.num_queues = count; });
        }
        add(cases, fmt::format("{}.at_null", verb), op, [](Stage&, kfd::DebugTrap& a) {
            a.queue_snapshot.snapshot_buf_ptr = 0;
        });
        add(cases, fmt::format("{}.at_null_without_room", verb), op, [](Stage&, kfd::DebugTrap& a) {
            a.queue_snapshot.snapshot_buf_ptr = 0;
            a.queue_snapshot.num_queues = 0;
        });
        add(cases, fmt::format("{}.at_bad_pointer", verb), op, [](Stage&, kfd::DebugTrap& a) {
            a.queue_snapshot.snapshot_buf_ptr = bad_address;
        });
    }
}

void add_events(Cases& cases) {
    for (unsigned bit = 0; bit < 64; bit += 1) {
        add(cases,
            fmt::format("send_event.bit_{}", bit),
            DebugOp::send_runtime_event,
            [bit](Stage&, kfd::DebugTrap& a) {
                a.send_runtime_event = {.exception_mask = std::uint64_t{1} << bit,
                                        .gpu_id = unknown_gpu_id,
                                        .queue_id = unknown_queue};
            });
    }
    add(cases, "send_event.nothing", DebugOp::send_runtime_event, [](Stage&, kfd::DebugTrap& a) {
        a.send_runtime_event.exception_mask = 0;
    });
    for (std::uint64_t code = 0; code < 66; code += 1) {
        add(cases,
            fmt::format("exception_info.code_{}", code),
            DebugOp::query_exception_info,
            [code](Stage&, kfd::DebugTrap& a) { a.words[2] = code; });
    }
    add(cases, "exception_info.null", DebugOp::query_exception_info, [](Stage&, kfd::DebugTrap& a) {
        a.words[0] = 0;
    });
    for (const std::uint64_t mode : {0ULL, 1ULL, 2ULL, 3ULL, 4ULL, 0x100ULL}) {
        add(cases,
            fmt::format("launch_mode.{}", mode),
            DebugOp::set_wave_launch_mode,
            [mode](Stage&, kfd::DebugTrap& a) { a.words[0] = mode; });
        add(cases,
            fmt::format("launch_override.{}", mode),
            DebugOp::set_wave_launch_override,
            [mode](Stage&, kfd::DebugTrap& a) { a.words[0] = mode | mode << 32; });
        add(cases,
            fmt::format("flags.{}", mode),
            DebugOp::set_flags,
            [mode](Stage&, kfd::DebugTrap& a) { a.words[0] = mode; });
    }
}

// The runtime's exception, raised while a debugger looks: seen, cleared, subscribed late.
void add_queries(Cases& cases) {
    const auto pending = [](Stage& stage) {
        enable_traced(stage);
        start_runtime(stage, kfd::runtime_enable_mode_enable);
    };
    cases.push_back({"query.sees_and_clears", [pending](Stage& stage) {
                         pending(stage);
                         return joined({query(stage),
                                        query(stage, kfd::exception_process_runtime),
                                        query(stage)});
                     }});
    cases.push_back(
        {"query.clears_by_exception_info", [pending](Stage& stage) {
             pending(stage);
             kfd::DebugTrap argument =
                 fine_argument(stage, stage.target().pid(), DebugOp::query_exception_info);
             argument.words[2] |= std::uint64_t{1} << 32;
             return joined({perform(stage, argument), perform(stage, argument), query(stage)});
         }});
    cases.push_back({"query.exception_info_at_bad_pointer", [pending](Stage& stage) {
                         pending(stage);
                         kfd::DebugTrap argument = fine_argument(
                             stage, stage.target().pid(), DebugOp::query_exception_info);
                         argument.words[0] = bad_address;
                         return perform(stage, argument);
                     }});
    cases.push_back(
        {"query.subscribed_late", [](Stage& stage) {
             seize_opened(stage);
             enable(stage, 0);
             start_runtime(stage, kfd::runtime_enable_mode_enable);
             const std::string before =
                 fmt::format("{} pipe={}", query(stage), stage.bytes_in_pipe());
             kfd::DebugTrap argument =
                 fine_argument(stage, stage.target().pid(), DebugOp::set_exceptions_enabled);
             argument.words[0] = all_exceptions;
             const std::string changed = perform(stage, argument);
             return fmt::format(
                 "{}, {}, {} pipe={}", before, changed, query(stage), stage.bytes_in_pipe());
         }});
}

}  // namespace

Cases debug_argument_cases() {
    Cases cases;
    add_enables(cases);
    add_suspensions(cases);
    add_snapshots(cases);
    add_events(cases);
    add_queries(cases);
    return cases;
}

}  // namespace penstock::contract
