// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/owner_identity.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <optional>

#include "base/incarnation.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock {
namespace {

std::optional<double> uptime_seconds(std::string_view text) {
    double seconds = 0;
    const std::string_view first = split(trimmed(text), ' ').front();
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), seconds);
    const bool whole = error == std::errc() && end == first.data() + first.size();
    return whole && std::isfinite(seconds) && seconds >= 0 ? std::optional(seconds) : std::nullopt;
}

}  // namespace

Result<std::uint32_t> real_uid(const std::string& status) {
    const auto line = value_of(status, "Uid");
    const auto uid = line ? parse_number<std::uint32_t>(split(*line, '\t').front()) : std::nullopt;
    if (!uid) {
        return fail("a process status without a real user");
    }
    return *uid;
}

Result<TimePoint> start_time(const std::string& stat, const std::string& uptime, TimePoint now) {
    const auto ticks = start_ticks(stat);
    const auto up = uptime_seconds(uptime);
    const long per_second = ::sysconf(_SC_CLK_TCK);
    if (!ticks || !up || per_second <= 0) {
        return fail("a process stat or uptime without a start time");
    }
    // Both count from boot and with the time spent asleep, which the monotonic clock leaves out.
    const double age_s = *up - (static_cast<double>(*ticks) / static_cast<double>(per_second));
    return now - Duration(static_cast<std::int64_t>(age_s * 1e9));
}

Result<OwnerIdentity> identify_owner(const Tree& proc, std::uint32_t pid, TimePoint now) {
    const std::string folder = std::to_string(pid);
    const std::string purpose = "identify process " + folder;
    // Opened first and asked last: what was read between the two was about this very process.
    Result<Fd> pidfd = open_pidfd(static_cast<pid_t>(pid));
    if (!pidfd) {
        return fail(std::move(pidfd).error(), purpose);
    }
    const auto status = proc.read(folder + "/status");
    const auto stat = proc.read(folder + "/stat");
    const auto command = proc.read(folder + "/comm");
    const auto uptime = proc.read("uptime");
    if (!is_alive(*pidfd)) {
        return fail(ESRCH, purpose);
    }
    for (const auto* text : {&status, &stat, &command, &uptime}) {
        if (!*text) {
            return fail(text->error(), purpose);
        }
    }
    const Result<std::uint32_t> uid = real_uid(*status);
    if (!uid) {
        return fail(uid.error(), purpose);
    }
    const Result<TimePoint> started = start_time(*stat, *uptime, now);
    if (!started) {
        return fail(started.error(), purpose);
    }
    return OwnerIdentity{.pidfd = std::move(*pidfd),
                         .pid = pid,
                         .uid = *uid,
                         .command = printable(trimmed(*command)),
                         .started = *started,
                         .start_ticks = start_ticks(*stat).value_or(0)};
}

}  // namespace penstock
