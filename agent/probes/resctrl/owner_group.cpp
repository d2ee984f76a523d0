// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/owner_group.h"

#include <cerrno>
#include <utility>

#include "agent/probes/resctrl/mbm_domains.h"
#include "agent/probes/resctrl/mbm_text.h"
#include "base/text.h"

namespace penstock {
namespace {

// Ids of former groups settle within a second or a few.
constexpr Duration next_try = std::chrono::seconds(10);

// mkdir(2) has one errno for each, and resctrl its own words.
Error explained(Error error) {
    switch (error.code) {
        case ENOSPC:
            return {.doing = "resctrl: all monitoring ids of the processor are taken"};
        case EBUSY:
            return {.doing = "resctrl: the ids of former groups are not free again yet"};
        case EACCES:
        case EPERM:
        case EROFS:
            return {.doing = error.message() + "; the agent's user must be allowed to write there"};
        default:
            return error;
    }
}

// What the kernel says about the last thing that failed; "" when it says nothing.
std::string last_words(Machine& machine) {
    const auto text = machine.read(std::string(resctrl_root) + "/info/last_cmd_status");
    const std::string words = text ? printable(trimmed(*text), 120) : "";
    return words.empty() || words == "ok" ? "" : " (" + words + ")";
}

}  // namespace

OwnerGroup::OwnerGroup(OwnerGroup&& other) noexcept
    : client_(other.client_),
      groups_(other.groups_),
      name_(std::move(other.name_)),
      made_(std::exchange(other.made_, false)),
      try_at_(other.try_at_),
      why_(std::move(other.why_)),
      counters_(std::move(other.counters_)) {}

OwnerGroup& OwnerGroup::operator=(OwnerGroup&& other) noexcept {
    std::swap(client_, other.client_);
    std::swap(groups_, other.groups_);
    std::swap(name_, other.name_);
    std::swap(made_, other.made_);
    std::swap(try_at_, other.try_at_);
    std::swap(why_, other.why_);
    std::swap(counters_, other.counters_);
    return *this;
}

void OwnerGroup::look_after(Machine& machine, TimePoint now) {
    if (made_ || now < try_at_) {
        return;
    }
    if (const Result<> done = make(machine); !done) {
        remove();
        why_ = done.error().message();
        try_at_ = now + next_try;
    }
}

Result<> OwnerGroup::make(Machine& machine) {
    Result<> made = groups_->make(name_);
    if (!made && made.error().code == EEXIST) {
        // Left by an agent that died; its count is of another time.
        static_cast<void>(groups_->remove(name_));
        made = groups_->make(name_);
    }
    if (!made) {
        return std::unexpected(explained(std::move(made).error()));
    }
    made_ = true;
    if (Result<> moved = move_threads(machine); !moved) {
        return moved;
    }
    const auto domains = mbm_domains(machine, std::string(resctrl_root) + "/mon_groups/" + name_);
    if (!domains) {
        return std::unexpected(domains.error());
    }
    for (const MbmDomain& domain : *domains) {
        Result<PolledText> text = PolledText::open(machine, domain.path);
        if (!text) {
            return std::unexpected(std::move(text).error());
        }
        counters_.push_back(std::move(*text));
    }
    return counters_.empty() ? fail("resctrl counts no memory traffic on this processor")
                             : Result<>{};
}

// Twice: a thread that was not moved yet may have started another behind our back.
Result<> OwnerGroup::move_threads(Machine& machine) {
    const auto first = move_present_threads(machine);
    const auto second = first ? move_present_threads(machine) : first;
    if (!second) {
        return std::unexpected(second.error());
    }
    return *first + *second > 0 ? Result<>{} : fail("resctrl: the process has ended");
}

// One write for each: of a list, the kernel drops all behind the first that fails.
Result<std::size_t> OwnerGroup::move_present_threads(Machine& machine) {
    const auto names = machine.list("proc/" + std::to_string(client_.pid) + "/task");
    if (!names) {
        return std::unexpected(names.error());
    }
    std::size_t moved = 0;
    for (const std::string& name : *names) {
        const auto thread = parse_number<std::uint32_t>(name);
        if (!thread || moved == most_threads) {
            continue;
        }
        if (Result<> done = groups_->move(name_, *thread)) {
            ++moved;
        } else if (done.error().code != ESRCH) {
            return fail(done.error().message() + last_words(machine));
        }
    }
    return moved;
}

std::expected<std::uint64_t, Origin> OwnerGroup::read(TimePoint now) {
    if (counters_.empty()) {
        return std::unexpected(why_);
    }
    std::uint64_t sum = 0;
    for (PolledText& counter : counters_) {
        const auto text = counter.read();
        if (!text && (text.error() == ENODEV || text.error() == ENOENT)) {
            made_ = false;
            counters_.clear();
            why_ = "resctrl: somebody has removed its group";
            try_at_ = now + next_try;
            return std::unexpected(why_);
        }
        const auto bytes =
            text ? parse_mbm(*text) : std::unexpected<Origin>(why_mbm_failed(text.error()));
        if (!bytes) {
            return bytes;
        }
        sum += *bytes;
    }
    return sum;
}

void OwnerGroup::start_anew() {
    remove();
    why_ = "resctrl: its group has not been made yet";
    try_at_ = {};
}

void OwnerGroup::remove() {
    counters_.clear();
    if (std::exchange(made_, false)) {
        // What can not be removed now is removed at the next start.
        static_cast<void>(groups_->remove(name_));
    }
}

}  // namespace penstock
