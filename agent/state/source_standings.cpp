// SPDX-License-Identifier: Apache-2.0

#include "agent/state/source_standings.h"

#include "agent/state/sorted.h"

namespace penstock {

void SourceStandings::absorb(std::span<const SourceNews> news, std::vector<SourceState>& into) {
    if (news.empty()) {
        return;
    }
    for (const SourceNews& each : news) {
        if (SourceNews* known = find_sorted(known_, each.source, &SourceNews::source)) {
            known->state = each.state;
        } else {
            insert_sorted(known_, each, &SourceNews::source);
        }
    }
    into.clear();
    for (const SourceNews& each : known_) {
        into.push_back(each.state);
    }
}

}  // namespace penstock
