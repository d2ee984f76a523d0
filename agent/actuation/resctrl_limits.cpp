// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/resctrl_limits.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/text.h"

namespace penstock {
namespace {

const std::string group(hogs_group);

constexpr std::size_t longest_list = 1 << 20;

bool has_unit(const CpuOrder& order, const CpuLimit& limit) {
    return std::ranges::find(order.limits, limit.unit, &CpuLimit::unit) != order.limits.end();
}

// The kernel has one errno for each, and resctrl its own words.
Error explained(Error error) {
    switch (error.code) {
        case ENOSPC:
            return {.doing = "resctrl: all control groups of the processor are taken"};
        case EBUSY:
            return {.doing = "resctrl: the ids of former groups are not free again yet"};
        case EACCES:
        case EPERM:
        case EROFS:
            return {.doing = error.message() +
                             "; only root may move the tasks of others between groups"};
        default:
            return error;
    }
}

bool is_own_folder(const std::string& name) {
    return name == "info" || name == "mon_groups" || name == "mon_data" || name == group;
}

}  // namespace

Result<BandwidthSchemata> ResctrlLimits::read() const {
    const Result<std::string> schemata = resctrl_.read("schemata");
    const Result<std::string> least = resctrl_.read("info/MB/min_bandwidth");
    const Result<std::string> step = resctrl_.read("info/MB/bandwidth_gran");
    if (!schemata || !least || !step) {
        return fail("resctrl is not mounted, or limits no memory bandwidth on this processor");
    }
    return read_schemata(*schemata, *least, *step);
}

Result<> ResctrlLimits::check() const {
    if (const auto known = read(); !known) {
        return std::unexpected(known.error());
    }
    // Who has made groups has a plan for who is in them.
    const auto names = resctrl_.list("");
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        if (!is_own_folder(name) && std::filesystem::is_directory(resctrl_.path(name))) {
            return fail("somebody else gives out the groups of resctrl: there is " +
                        printable(resctrl_.path(name), 200));
        }
    }
    if (::access(resctrl_.root().c_str(), W_OK) != 0) {
        return fail(errno, "make groups in " + resctrl_.root());
    }
    return {};
}

void ResctrlLimits::take_over() {
    left_ = std::ranges::any_of(undo_.entries(), [](const UndoEntry& entry) {
        return entry.kind == UndoEntry::Kind::group;
    });
}

void ResctrlLimits::hold(const CpuOrder& order) {
    stale_ = stale_ || std::ranges::any_of(order_.limits, [&](const CpuLimit& limit) {
                 return !has_unit(order, limit);
             });
    order_ = order;
    if (order_.limits.empty()) {
        try_at_ = {};  // Nobody waits for being free.
    }
    if (threads_.done() && threads_.empty()) {
        std::vector<std::string> control_groups;
        control_groups.reserve(order_.limits.size());
        for (const CpuLimit& limit : order_.limits) {
            control_groups.push_back(limit.control_group);
        }
        // New threads begin where the one is that started them, but who starts a program in a unit
        // is mostly outside of it.
        threads_.begin(std::move(control_groups), present());
    }
    turn(now_);
}

// Who is in the group.
std::set<std::uint32_t> ResctrlLimits::present() const {
    std::set<std::uint32_t> known;
    const auto tasks = resctrl_.read(group + "/tasks", longest_list);
    for (const std::string_view line : split(tasks ? *tasks : std::string_view(), '\n')) {
        if (const auto thread = parse_number<std::uint32_t>(line)) {
            known.insert(*thread);
        }
    }
    return known;
}

void ResctrlLimits::turn(TimePoint now) {
    now_ = now;
    if (now < try_at_) {
        return;
    }
    const Result<> done = work();
    trouble_ = done ? "" : done.error().message();
    try_at_ = done ? TimePoint{} : now + next_try;
}

Result<> ResctrlLimits::work() {
    // Single threads are not taken out of it: where a new one begins would be a race.
    if (left_ || (entered_ && (order_.limits.empty() || stale_))) {
        if (Result<> lifted = lift(); !lifted) {
            return lifted;
        }
    }
    stale_ = false;
    if (order_.limits.empty()) {
        return {};
    }
    if (!schemata_) {
        if (Result<> made = make(); !made) {
            return made;
        }
    }
    const Result<> limited = schemata_ ? limit(*schemata_) : Result<>();
    return limited ? move_some() : limited;
}

Result<> ResctrlLimits::make() {
    Result<BandwidthSchemata> known = read();
    if (!known) {
        return std::unexpected(std::move(known).error());
    }
    if (Result<> entered = undo_.enter({.kind = UndoEntry::Kind::group, .name = group}); !entered) {
        return fail(std::move(entered).error(), "nobody is limited without a way back");
    }
    entered_ = true;
    Result<> made = groups_->make(group);
    if (!made && made.error().code != EEXIST) {
        entered_ = !undo_.strike(UndoEntry::Kind::group, group);
        return std::unexpected(explained(std::move(made).error()));
    }
    schemata_ = std::move(*known);
    value_.reset();
    return {};
}

Result<> ResctrlLimits::limit(const BandwidthSchemata& schemata) {
    const auto wanted = schemata.value_for(order_.share, order_.peak);
    if (!wanted) {
        return fail("resctrl takes bytes per second here, and nobody knows what memory can move");
    }
    Result<> written = wanted == value_ ? Result<>() : write("schemata", schemata.line_of(*wanted));
    value_ = written ? wanted : value_;
    return written;
}

Result<> ResctrlLimits::lift() {
    const Result<> removed = groups_->remove(group);
    if (!removed && removed.error().code != ENOENT) {
        return removed;
    }
    entered_ = false;
    left_ = false;
    schemata_.reset();
    value_.reset();
    threads_.begin({}, {});
    return undo_.strike(UndoEntry::Kind::group, group);
}

// One write for each: of a list, the kernel drops all behind the first that fails.
Result<> ResctrlLimits::move_some() {
    if (threads_.empty()) {
        threads_.look();
    }
    for (const std::uint32_t thread : threads_.take(moves_in_a_turn)) {
        Result<> moved = write("tasks", std::to_string(thread) + "\n");
        if (!moved && moved.error().code != ESRCH) {
            return moved;
        }
    }
    return {};
}

Result<> ResctrlLimits::write(const std::string& file, const std::string& text) {
    const Result<> written = groups_->write(group, file, text);
    if (written || written.error().code == ESRCH) {
        return written;
    }
    if (written.error().code == ENOENT) {
        schemata_.reset();  // Somebody has removed the group; the next try makes it again.
    }
    const auto status = resctrl_.read("info/last_cmd_status");
    const std::string words = status ? printable(trimmed(*status), 120) : "";
    Error error = explained(written.error());
    if (!words.empty() && words != "ok") {
        return fail(error.message() + " (" + words + ")");
    }
    return std::unexpected(std::move(error));
}

std::size_t ResctrlLimits::standing() const {
    return value_ ? order_.limits.size() : 0;
}

}  // namespace penstock
