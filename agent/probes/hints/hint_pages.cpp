// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/hints/hint_pages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/pidfd.h"

namespace penstock {
namespace {

// Behind all sources of the catalogue: nobody else measures it.
constexpr SourceId itself{.kind = std::numeric_limits<std::uint16_t>::max()};

// Two looks, and a third that came late.
constexpr Duration holds = 3 * HintPages::period;

CounterReading progress_of(OwnerId owner, std::uint64_t count, TimePoint now) {
    return {.subject = {.place = place_of(owner), .quantity = Quantity::progress, .source = itself},
            .by = {.origin = "counted by the process itself",
                   .confidence = Confidence::heuristic,
                   .taken = now,
                   .valid_for = holds},
            .count = count};
}

}  // namespace

HintPages::HintPages(FindOwner find_owner) : find_owner_(std::move(find_owner)) {
    if (Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll")) {
        deaths_ = std::move(*epoll);
    }
}

Result<> HintPages::check_room(std::uint32_t uid) const {
    if (pages_.size() >= most) {
        return fail(EDQUOT, fmt::format("{} processes have hint pages, which is the limit", most));
    }
    const auto own =
        std::ranges::count_if(pages_, [&](const auto& each) { return each.second.uid == uid; });
    if (static_cast<std::size_t>(own) >= most_of_a_user) {
        return fail(EDQUOT,
                    fmt::format("{} processes of uid {} have hint pages, which is the limit of one "
                                "user",
                                most_of_a_user,
                                uid));
    }
    return {};
}

// A copy of the descriptor, which is readable once the process has ended.
Result<Fd> HintPages::watch(const Incarnation& process, int pidfd) const {
    Result<Fd> own = owned(::fcntl(pidfd, F_DUPFD_CLOEXEC, 0), "keep a process' descriptor");
    if (!own) {
        return own;
    }
    epoll_event wanted{.events = EPOLLIN, .data = {.u32 = process.pid}};
    if (::epoll_ctl(deaths_.get(), EPOLL_CTL_ADD, own->get(), &wanted) < 0) {
        return fail(errno, "watch process " + std::to_string(process.pid));
    }
    return own;
}

Result<Fd> HintPages::open(const Incarnation& process, int pidfd, std::uint32_t uid) {
    bury();
    if (const auto known = pages_.find(process); known != pages_.end()) {
        return known->second.page.for_client();
    }
    if (Result<> room = check_room(uid); !room) {
        return std::unexpected(std::move(room).error());
    }
    Result<Fd> watched = watch(process, pidfd);
    if (!watched) {
        return watched;
    }
    Result<HintPage> page = HintPage::make();
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    const auto added = pages_.emplace(
        process, Entry{.page = *std::move(page), .pidfd = *std::move(watched), .uid = uid});
    return added.first->second.page.for_client();
}

void HintPages::bury() {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(deaths_.get(), events.data(), int{events.size()}, 0);
    for (int i = 0; i < count; ++i) {
        bury(events.at(static_cast<std::size_t>(i)).data.u32);
    }
}

// Whoever of this pid has ended. As long as the client has copies of the descriptor, closing ours
// does not end the watch: it would tell of the death for ever.
void HintPages::bury(std::uint32_t pid) {
    for (auto each = pages_.lower_bound({.pid = pid});
         each != pages_.end() && each->first.pid == pid;) {
        const Fd& pidfd = each->second.pidfd;
        if (is_alive(pidfd)) {
            ++each;
            continue;
        }
        ::epoll_ctl(deaths_.get(), EPOLL_CTL_DEL, pidfd.get(), nullptr);
        each = pages_.erase(each);
    }
}

void HintPages::read(TimePoint now, Readings& into) {
    if (pages_.empty() || now < due_) {
        return;
    }
    due_ = now + period;
    for (const auto& [process, entry] : pages_) {
        const OwnerId owner = find_owner_(process);
        if (owner == OwnerId{}) {
            continue;
        }
        const HintPage::Report said = entry.page.read();
        into.hints.push_back({.owner = owner, .hints = said.hints});
        into.counters.push_back(progress_of(owner, said.progress, now));
    }
}

}  // namespace penstock
