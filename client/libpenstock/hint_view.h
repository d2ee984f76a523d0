// SPDX-License-Identifier: Apache-2.0
//
// Hint view: this process' hint page, at one address for as long as the client is open. Without an
// agent there is a page of our own in its place, which nobody reads.
//
// To report takes one addition and no lock and no system call, so that any thread may report, also
// in a signal handler.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/mapping.h"
#include "client/libpenstock/include/penstock/hint.h"

namespace penstock::client {

class HintView {
  public:
    // Without an agent's page.
    static Result<std::unique_ptr<HintView>> make();

    HintView(const HintView&) = delete;
    HintView& operator=(const HintView&) = delete;
    HintView(HintView&&) = delete;
    HintView& operator=(HintView&&) = delete;
    ~HintView() = default;

    // What was said before is said there again; what was added stays where it was. Fails for a
    // descriptor that is no hint page, or that somebody could shorten.
    Result<> show(const Fd& page);

    // The agent has gone: what is written from now on is read by nobody.
    void withdraw() { shown_.store(false, std::memory_order_relaxed); }

    [[nodiscard]] bool shown() const { return shown_.load(std::memory_order_relaxed); }

    // Somebody has something to report, so that an agent's page is of use.
    [[nodiscard]] bool wanted() const { return wanted_.load(std::memory_order_relaxed); }

    void add(std::uint64_t units);

    struct Words {
        std::uint32_t unit = PENSTOCK_UNIT_UNKNOWN;
        std::uint32_t phase = PENSTOCK_PHASE_UNKNOWN;
        std::uint32_t batch = 0;
        std::uint64_t next_bytes = 0;
    };

    // Each word by itself: a reader may see the new phase with the old batch.
    void say(const Words& words);

    [[nodiscard]] const penstock_hint_page& page() const;

  private:
    explicit HintView(Mapping place) : place_(std::move(place)) {}

    [[nodiscard]] penstock_hint_page& own() const;
    void want();
    void repeat();

    Mapping place_;
    std::atomic<bool> shown_ = false;
    std::atomic<bool> wanted_ = false;
    std::atomic<bool> said_ = false;
    std::atomic<std::uint32_t> unit_{};
    std::atomic<std::uint32_t> phase_{};
    std::atomic<std::uint32_t> batch_{};
    std::atomic<std::uint64_t> next_bytes_{};
};

}  // namespace penstock::client
