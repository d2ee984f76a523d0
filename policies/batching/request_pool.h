// SPDX-License-Identifier: Apache-2.0
//
// Request pool: those requests that wait or are being served, in chains.
//
// A bin is a chain, and so is a batch: to make one, the front of a bin's chain is cut off. Places
// of requests that have ended are used again, so that a steady stream allocates nothing.

#pragma once

#include <cstdint>
#include <vector>

#include "policies/batching/request.h"

namespace penstock::batching {

struct PooledRequest {
    std::uint64_t turn = 0;  // Who came earlier has the lower one.
    std::uint32_t number = 0;
    std::uint32_t total = 0;     // Prompt and output, as far as that is known.
    std::uint32_t reserved = 0;  // Prompt and predicted output.
    std::uint32_t next = 0;      // In its chain.
};

struct RequestChain {
    static constexpr std::uint32_t none = UINT32_MAX;

    std::uint32_t first = none;
    std::uint32_t last = none;  // Means nothing while there is no first one.
    std::uint32_t count = 0;
};

class RequestPool {
  public:
    [[nodiscard]] const PooledRequest& at(std::uint32_t place) const { return places_[place]; }

    [[nodiscard]] PooledRequest& at(std::uint32_t place) { return places_[place]; }

    void append(const Request& request, RequestChain& to) {
        const std::uint32_t place = free_place();
        places_[place] = {.turn = ++turns_,
                          .number = request.number,
                          .total = request.total(),
                          .reserved = request.reserved(),
                          .next = RequestChain::none};
        if (to.first == RequestChain::none) {
            to.first = place;
        } else {
            places_[to.last].next = place;
        }
        to.last = place;
        ++to.count;
    }

    // The first `count` of the chain, `last` being the last one of them.
    RequestChain cut(RequestChain& from, std::uint32_t last, std::uint32_t count) {
        const RequestChain front{.first = from.first, .last = last, .count = count};
        from.first = places_[last].next;
        from.count -= count;
        places_[last].next = RequestChain::none;
        return front;
    }

    // The one with this number leaves the chain, and is gone. False when it is not in it.
    bool remove(RequestChain& from, std::uint32_t number) {
        std::uint32_t before = RequestChain::none;
        for (std::uint32_t left = from.count, place = from.first; left > 0; --left) {
            if (places_[place].number == number) {
                take_out(from, before, place);
                return true;
            }
            before = place;
            place = places_[place].next;
        }
        return false;
    }

    // They are gone. The chain is not empty.
    void release(const RequestChain& chain) {
        places_[chain.last].next = free_;
        free_ = chain.first;
    }

  private:
    void take_out(RequestChain& from, std::uint32_t before, std::uint32_t place) {
        const std::uint32_t next = places_[place].next;
        if (before == RequestChain::none) {
            from.first = next;
        } else {
            places_[before].next = next;
        }
        if (from.last == place) {
            from.last = before;
        }
        --from.count;
        release({.first = place, .last = place, .count = 1});
    }

    std::uint32_t free_place() {
        if (free_ == RequestChain::none) {
            places_.emplace_back();
            return static_cast<std::uint32_t>(places_.size() - 1);
        }
        const std::uint32_t place = free_;
        free_ = places_[place].next;
        return place;
    }

    std::vector<PooledRequest> places_{};
    std::uint32_t free_ = RequestChain::none;
    std::uint64_t turns_ = 0;
};

}  // namespace penstock::batching
