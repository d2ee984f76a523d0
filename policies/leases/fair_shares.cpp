// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/fair_shares.h"

#include <algorithm>

#include "policies/leases/water_level.h"

namespace penstock {
namespace {

bool is_critical(const Lease& lease) {
    return lease.wish.lease_class == LeaseClass::critical;
}

std::uint64_t parts_of(LeaseClass lease_class) {
    switch (lease_class) {
        case LeaseClass::critical:  // Only among themselves.
        case LeaseClass::normal:
            return 4;
        case LeaseClass::stream:
            return 2;
        case LeaseClass::background:
            break;
    }
    return 1;
}

// A forecast that was too low costs a critical lease nothing but the time until it is seen: it is
// back at what it wants at once, and does not climb there.
bool outgrew_forecast(const Lease& lease) {
    const auto last = lease.use.last();
    return is_critical(lease) && last && *last >= lease.granted - (lease.granted / 10);
}

std::uint64_t demand_of(const Lease& lease) {
    const std::uint64_t want = std::max(lease.wish.want, lease.promise);
    const auto next = lease.use.next();
    if (!next || *next >= want || outgrew_forecast(lease)) {
        return want;
    }
    return std::clamp(*next + (*next / 4), lease.promise, want);
}

class Sharing {
  public:
    Sharing(std::span<const Lease> all, const LeasePool& pool) : all_(all), pool_(pool) {}

    // Of the leases that are critical, or of those that are not; returns what they got together.
    std::uint64_t share(bool critical, std::uint64_t amount, std::vector<std::uint64_t>& shares) {
        claims_.clear();
        for (const Lease& each : all_) {
            if (counts(each, critical)) {
                claims_.push_back({.least = each.promise,
                                   .most = demand_of(each),
                                   .weight = each.wish.weight * parts_of(each.wish.lease_class)});
            }
        }
        share_out(claims_, amount);
        std::uint64_t sum = 0;
        auto next = claims_.begin();
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (counts(all_[i], critical)) {
                shares[i] = next->share;
                sum += next->share;
                ++next;
            }
        }
        return sum;
    }

    [[nodiscard]] std::uint64_t promised_to_others() const {
        std::uint64_t sum = 0;
        for (const Lease& each : all_) {
            sum += counts(each, false) ? each.promise : 0;
        }
        return sum;
    }

  private:
    [[nodiscard]] bool counts(const Lease& lease, bool critical) const {
        return lease.held && lease.wish.pool == pool_ && is_critical(lease) == critical;
    }

    std::span<const Lease> all_;
    const LeasePool& pool_;
    std::vector<Claim> claims_{};
};

}  // namespace

std::vector<std::uint64_t> fair_shares(std::span<const Lease> all,
                                       const LeasePool& pool,
                                       std::uint64_t amount) {
    std::vector<std::uint64_t> shares(all.size());
    Sharing sharing(all, pool);
    const std::uint64_t promised = std::min(sharing.promised_to_others(), amount);
    const std::uint64_t critical = sharing.share(true, amount - promised, shares);
    sharing.share(false, amount - std::min(critical, amount), shares);
    return shares;
}

}  // namespace penstock
