// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/decision_writer.h"

#include "agent/decisions/decision_limits.h"
#include "agent/decisions/delta_text.h"

namespace penstock::decisions {
namespace {

constexpr std::uint64_t room_for_the_end = 256;

}  // namespace

DecisionWriter::DecisionWriter(const Head& head, std::uint64_t most) : most_(most) {
    fmt::format_to(
        std::back_inserter(line_), R"({{"penstock_decisions":{},"program":)", format_version);
    DeltaText(line_).quoted(head.program);
    fmt::format_to(std::back_inserter(line_),
                   R"(,"started":{},"started_at_ns":{}}})",
                   head.started,
                   to_ns(head.started_at));
    put();
}

void DecisionWriter::followed(std::string_view policy, const PolicySettings& settings) {
    line_ = R"({"policy":)";
    DeltaText(line_).quoted(policy);
    line_ += R"(,"settings":)";
    DeltaText(line_).object(settings, PolicySettings{});
    line_ += '}';
    put();
}

void DecisionWriter::limited(const Guard::Limits& limits) {
    line_ = R"({"limits":)";
    DeltaText(line_).whole_object(limits);
    line_ += '}';
    put();
}

// Told by what differs from a report of nothing.
void DecisionWriter::acted(const wire::Acted& act) {
    line_ = R"({"acted":)";
    DeltaText(line_).object(act, wire::Acted{});
    line_ += '}';
    put();
}

void DecisionWriter::ticked(const Snapshot& seen, const Decision& decided) {
    if (over_) {
        return;
    }
    line_ = R"({"tick":)";
    DeltaText(line_).object(seen, seen_);
    seen_ = seen;
    if (!same(decided, decided_)) {
        line_ += R"(,"decision":)";
        DeltaText(line_).object(decided, decided_);
        decided_ = decided;
    }
    line_ += '}';
    put();
}

void DecisionWriter::ended(std::string_view why) {
    if (over_) {
        return;
    }
    line_ = R"({"end":)";
    DeltaText(line_).quoted(why);
    line_ += '}';
    waiting_.append(line_).append("\n");
    over_ = true;
}

// What does not fit ends the record, so that what is there is whole.
void DecisionWriter::put() {
    if (over_) {
        return;
    }
    if (line_.size() > longest_line) {
        ended("more changed at once than a line may tell");
    } else if (bytes_ + line_.size() + 1 + room_for_the_end > most_) {
        ended("the record is as long as it may be");
    } else {
        waiting_.append(line_).append("\n");
        bytes_ += line_.size() + 1;
    }
}

}  // namespace penstock::decisions
