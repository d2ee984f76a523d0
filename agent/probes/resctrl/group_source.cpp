// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include "agent/probes/resctrl/mbm_domains.h"
#include "agent/probes/resctrl/owner_group.h"
#include "agent/probes/resctrl/resctrl_sources.h"

namespace penstock {
namespace {

// Processors have from 32 monitoring ids on, and others want some too.
constexpr std::size_t most_groups = 64;

// Each group costs one interrupt of a processor for each L3 cache.
constexpr Duration period = std::chrono::milliseconds(250);

class GroupSource final : public Source {
  public:
    GroupSource(bool wanted, std::unique_ptr<ResctrlGroups> groups)
        : wanted_(wanted), groups_(std::move(groups)) {}

    [[nodiscard]] std::string_view name() const override { return "resctrl_groups"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;
    void follow(const Client& client) override;
    void leave(OwnerId owner) override;

  private:
    void remove_stale(Machine& machine);
    void add(OwnerId owner, const std::expected<std::uint64_t, Origin>& bytes, Readings& into);

    bool wanted_;
    std::unique_ptr<ResctrlGroups> groups_;  // Outlives what it has made.
    Machine* machine_ = nullptr;
    SourceId self_{};
    Testimony by_{};
    std::vector<OwnerGroup> owners_;
    std::vector<Client> waiting_;  // For an id, because there are too many of them.
};

Opened GroupSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    machine_ = &machine;
    self_ = self;
    by_ = {.origin = "resctrl MBM of its own group",
           .emulated = around.emulated,
           .valid_for = holds_for(pace())};
    for (OwnerGroup& group : owners_) {
        group.start_anew();
    }
    if (!wanted_) {
        return Absent{
            "groups for single processes are not asked for (penstockd --resctrl-groups): they take "
            "monitoring ids"};
    }
    if (auto trouble = resctrl_trouble(machine)) {
        return Absent{std::move(*trouble)};
    }
    remove_stale(machine);
    return Available{"what the processors of each process with queues ask of memory"};
}

// Groups outlive the agent that made them, if that was killed.
void GroupSource::remove_stale(Machine& machine) {
    const auto names = machine.list(std::string(resctrl_root) + "/mon_groups");
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        if (name.starts_with(OwnerGroup::prefix)) {
            static_cast<void>(groups_->remove(name));
        }
    }
}

bool GroupSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    for (OwnerGroup& group : owners_) {
        group.look_after(*machine_, now);
        add(group.owner(), group.read(now), into);
    }
    for (const Client& client : waiting_) {
        add(client.owner,
            std::unexpected<Origin>("resctrl: too many processes have groups already"),
            into);
    }
    return true;
}

void GroupSource::add(OwnerId owner,
                      const std::expected<std::uint64_t, Origin>& bytes,
                      Readings& into) {
    CounterReading reading{
        .subject = {.place = place_of(owner), .quantity = Quantity::dram_total, .source = self_},
        .by = by_};
    if (bytes) {
        reading.count = *bytes;
    } else {
        reading.by.origin = bytes.error();
    }
    into.counters.push_back(std::move(reading));
}

void GroupSource::follow(const Client& client) {
    if (owners_.size() < most_groups) {
        owners_.emplace_back(client, *groups_);
    } else {
        waiting_.push_back(client);
    }
}

void GroupSource::leave(OwnerId owner) {
    std::erase_if(owners_, [&](const OwnerGroup& group) { return group.owner() == owner; });
    std::erase_if(waiting_, [&](const Client& client) { return client.owner == owner; });
    if (owners_.size() < most_groups && !waiting_.empty()) {
        owners_.emplace_back(waiting_.front(), *groups_);
        waiting_.erase(waiting_.begin());
    }
}

}  // namespace

std::unique_ptr<Source> make_resctrl_groups(const SourceSettings& settings) {
    return make_resctrl_groups_with(settings, std::make_unique<KernelResctrlGroups>());
}

std::unique_ptr<Source> make_resctrl_groups_with(const SourceSettings& settings,
                                                 std::unique_ptr<ResctrlGroups> groups) {
    return std::make_unique<GroupSource>(settings.resctrl_groups, std::move(groups));
}

}  // namespace penstock
