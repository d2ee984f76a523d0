// SPDX-License-Identifier: Apache-2.0
//
// The agent and its board: it is made once, and while somebody reads it, the loop keeps its pace.

#include <algorithm>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/journal.h"

namespace penstock {
namespace {

// While there are no queues, nobody waits for the next round, and no memory is close to saturation.
constexpr Duration idle_tick = std::chrono::milliseconds(500);

// Close enough to a level that the next sample should not be far.
constexpr double attention = 0.1;

constexpr const char* board_name = "board";  // In the descriptor store.

bool is_calm(const MemoryNode& node) {
    const Throttle& throttle = node.throttle;
    return throttle.level == ThrottleLevel::none && throttle.batch_scale >= 1 &&
           throttle.utilization.value_or(0) < throttle.target - attention;
}

}  // namespace

void Agent::make_board() {
    Result<dbus::BoardPage> page = dbus::BoardPage::make(store_.take(board_name), monotonic_now());
    if (!page) {
        journal(Severity::warning, "clients can not read levels: " + page.error().message());
        return;
    }
    // So that the next agent's board is known for a later one, whatever becomes of us.
    if (const Result<Fd> kept = page->reader()) {
        if (const Result<> stored = store_.keep(board_name, *kept); !stored) {
            journal(Severity::warning, stored.error().message());
        }
    }
    bus_->show_board(*std::move(page));
}

Duration Agent::round_period() const {
    const std::vector<MemoryNode>& memory = loop_->state().snapshot().memory;
    const bool idle = sensing_.tracker().empty() && !bus_->board_is_read() &&
                      std::ranges::all_of(memory, is_calm);
    return idle ? idle_tick : settings().tick;
}

}  // namespace penstock
