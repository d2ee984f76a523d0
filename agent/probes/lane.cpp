// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/lane.h"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <variant>

#include "agent/probes/source_group.h"

namespace penstock {
namespace {

// Longer sleeps would overflow in the standard library.
constexpr Duration longest_sleep = std::chrono::seconds(60);

template <typename Item>
void append(std::vector<Item>& to, std::vector<Item>& from) {
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
}

void move_readings(Readings& from, Readings& to) {
    append(to.counters, from.counters);
    append(to.levels, from.levels);
    append(to.reopened, from.reopened);
    append(to.sources, from.sources);
}

}  // namespace

struct Lane::Shared {
    using Errand = std::variant<Client, OwnerId>;  // To follow, or to leave.

    std::mutex lock{};
    std::condition_variable woken{};
    bool ended = false;
    std::vector<Errand> errands{};
    Readings mailbox{};
};

// Detached, because a thread that hangs in a driver can not be joined.
Result<Lane> Lane::start(Parts parts) {
    auto shared = std::make_shared<Shared>();
    try {
        std::thread([shared, parts = std::move(parts)]() mutable {
            serve(*shared, std::move(parts));
        }).detach();
    } catch (const std::system_error& refused) {
        return fail(refused.code().value(), "start a thread for slow sources");
    }
    return Lane(std::move(shared));
}

Lane::~Lane() {
    if (shared_) {
        const std::scoped_lock holding(shared_->lock);
        shared_->ended = true;
        shared_->woken.notify_all();
    }
}

// The lock is held only to pass things over, never while a source is read: whoever takes or follows
// waits for no source. When the mailbox is full, the tick has stood still for long; of what it
// would find, only the newest is worth something.
void Lane::serve(Shared& shared, Parts parts) {
    SourceGroup group(*parts.machine, std::move(parts.around));
    for (std::size_t each = 0; each < parts.sources.size(); ++each) {
        group.add(std::move(parts.sources[each]), parts.ids[each]);
    }
    Readings fresh;
    std::vector<Shared::Errand> errands;
    std::unique_lock holding(shared.lock);
    while (!shared.ended) {
        errands.swap(shared.errands);
        holding.unlock();
        for (const Shared::Errand& errand : errands) {
            if (const auto* client = std::get_if<Client>(&errand)) {
                group.follow(*client);
            } else {
                group.leave(std::get<OwnerId>(errand));
            }
        }
        errands.clear();
        group.run(parts.clock(), fresh);
        holding.lock();
        if (shared.mailbox.counters.size() + shared.mailbox.levels.size() > most_waiting) {
            shared.mailbox.counters.clear();
            shared.mailbox.levels.clear();
        }
        move_readings(fresh, shared.mailbox);
        const TimePoint due = std::min(group.next_due(), parts.clock() + longest_sleep);
        shared.woken.wait_until(
            holding, due, [&] { return shared.ended || !shared.errands.empty(); });
    }
}

void Lane::take(Readings& into) {
    const std::unique_lock holding(shared_->lock, std::try_to_lock);
    if (holding.owns_lock()) {
        move_readings(shared_->mailbox, into);
    }
}

void Lane::follow(const Client& client) {
    const std::scoped_lock holding(shared_->lock);
    shared_->errands.emplace_back(client);
    shared_->woken.notify_all();
}

void Lane::leave(OwnerId owner) {
    const std::scoped_lock holding(shared_->lock);
    shared_->errands.emplace_back(owner);
    shared_->woken.notify_all();
}

}  // namespace penstock
