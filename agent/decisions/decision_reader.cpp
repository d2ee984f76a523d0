// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/decision_reader.h"

#include <algorithm>
#include <array>
#include <span>

#include "agent/decisions/decision_limits.h"
#include "agent/decisions/delta_reading.h"
#include "agent/state/machine_state.h"

namespace penstock::decisions {
namespace {

constexpr std::size_t usual_line = 4096;
constexpr int deepest = 8;  // Of {"tick":{"owners":[{"use":{"dram":{"value":...
constexpr std::uint32_t most_weight = 10'000;
// With longer ones, what policies reckon from them would overflow.
constexpr Duration longest_setting = std::chrono::hours(1);

// Nothing that is nested deeper than a line ever is gets built.
bool wanted(int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    return depth <= deepest;
}

bool is_within(Duration span, Duration most) {
    return span >= Duration{} && span <= most;
}

bool is_within(const std::optional<Duration>& span, Duration most) {
    return !span || is_within(*span, most);
}

// Of a line; a member of a tick may be missing, because nothing changed in it.
Result<> member(const Json& line, std::string_view name, auto& into) {
    const auto found = line.find(name);
    if (found == line.end()) {
        return fail("\"" + std::string(name) + "\" is missing");
    }
    Result<> read = read_value(*found, into);
    return read ? read : wrong_at(name, read.error());
}

// What policies may rely on, because the agent sees to it.
Result<> check(const Snapshot& seen) {
    for (const Device& device : seen.devices) {
        if (!is_within(device.suspend_cost.value, longest_setting) ||
            !is_within(device.resume_cost.value, longest_setting)) {
            return fail("device " + std::to_string(device.gpu.value) +
                        " has a cost of suspending that no driver has");
        }
    }
    for (const Owner& owner : seen.owners) {
        if (owner.priority < lowest_priority || owner.priority > highest_priority ||
            owner.weight < 1 || owner.weight > most_weight) {
            return fail("owner " + std::to_string(owner.id.value) +
                        " has a priority or a weight that nobody can have");
        }
        if (!is_within(owner.deadline, RankedOwner::longest_wait) ||
            !is_within(owner.cost, RankedOwner::longest_wait)) {
            return fail("owner " + std::to_string(owner.id.value) +
                        " has a deadline or a cost that nobody can have");
        }
    }
    return {};
}

Result<Event> followed_from(const Json& line) {
    Followed followed;
    Result<> read = member(line, "policy", followed.policy);
    if (read) {
        read = member(line, "settings", followed.settings);
    }
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    const PolicySettings& settings = followed.settings;
    const double patience = settings.patience.value_or(0);
    // Not so, either, of what is no number.
    const bool patient = patience >= 0 && patience <= 1;
    if (!patient || !is_within(settings.settle, longest_setting) ||
        !is_within(settings.quantum, longest_setting) ||
        !is_within(settings.aging, longest_setting) ||
        !is_within(settings.guard, longest_setting)) {
        return fail("\"settings\" has a value that no policy takes");
    }
    return followed;
}

Result<Event> limited_from(const Json& line) {
    Limited limited;
    if (Result<> read = member(line, "limits", limited.limits); !read) {
        return std::unexpected(std::move(read).error());
    }
    // The guard clamps to these, and a range must not be upside down.
    const Guard::Limits& limits = limited.limits;
    for (const Duration span : {limits.longest_suspension,
                                limits.shortest_run_window,
                                limits.longest_settle,
                                limits.longest_hold}) {
        if (!is_within(span, longest_setting)) {
            return fail("\"limits\" has a time beyond an hour, or below nothing");
        }
    }
    if (!is_within(limits.shortest_quantum, RankedOwner::longest_quantum)) {
        return fail("\"limits.shortest_quantum_ns\" is not within a second");
    }
    return limited;
}

Result<Event> done_from(const Json& line) {
    Done done;
    if (Result<> read = member(line, "acted", done.act); !read) {
        return std::unexpected(std::move(read).error());
    }
    // They are subtracted from each other.
    for (const std::int64_t time :
         {done.act.seen_ns, done.act.woken_ns, done.act.entered_ns, done.act.done_ns}) {
        if (time < 0 || time > latest_ns) {
            return fail("\"acted\" has a time that no clock shows");
        }
    }
    return done;
}

Result<Event> ended_from(const Json& line) {
    Ended ended;
    if (Result<> read = member(line, "end", ended.why); !read) {
        return std::unexpected(std::move(read).error());
    }
    return ended;
}

struct Kind {
    const char* key;
    Result<Event> (*parse)(const Json& line);
};

constexpr std::array kinds{
    Kind{.key = "acted", .parse = &done_from},
    Kind{.key = "policy", .parse = &followed_from},
    Kind{.key = "limits", .parse = &limited_from},
    Kind{.key = "end", .parse = &ended_from},
};

// What is wrong in the middle of a tick leaves half of it applied: nothing is read beyond.
Result<Event> ticked_from(const Json& line, Snapshot& seen, Decision& decided) {
    const TimePoint before = seen.now;
    if (Result<> read = member(line, "tick", seen); !read) {
        return std::unexpected(std::move(read).error());
    }
    if (seen.now < before) {
        return fail("time runs backwards, from " + std::to_string(to_ns(before)) + " to " +
                    std::to_string(to_ns(seen.now)) + " ns");
    }
    if (Result<> sound = check(seen); !sound) {
        return std::unexpected(std::move(sound).error());
    }
    const bool anew = line.contains("decision");
    Result<> read = anew ? member(line, "decision", decided) : Result<>();
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return Ticked{.decided_anew = anew};
}

Result<Event> event_from(const Json& line, Snapshot& seen, Decision& decided) {
    if (!line.is_object()) {
        return fail("it is not a JSON object");
    }
    if (line.contains("tick")) {
        return ticked_from(line, seen, decided);
    }
    for (const Kind& kind : kinds) {
        if (line.contains(kind.key)) {
            return kind.parse(line);
        }
    }
    return fail("it is none of tick, acted, policy, limits and end");
}

}  // namespace

DecisionReader::DecisionReader(std::unique_ptr<std::istream> text)
    : text_(std::move(text)), line_(usual_line) {}

Result<DecisionReader> DecisionReader::open(std::unique_ptr<std::istream> text) {
    DecisionReader reader(std::move(text));
    if (Result<> read = reader.read_head(); !read) {
        return std::unexpected(std::move(read).error());
    }
    return reader;
}

std::unexpected<Error> DecisionReader::at_line(const std::string& sentence) const {
    return fail("line " + std::to_string(number_) + ": " + sentence);
}

// How many characters there are, with the end of the line unless the text stops before it. Few
// lines are long, so the buffer grows when one is.
std::size_t DecisionReader::read_line() {
    std::size_t length = 0;
    while (true) {
        const std::span<char> room = std::span(line_).subspan(length);
        text_->getline(room.data(), static_cast<std::streamsize>(room.size()));
        length += static_cast<std::size_t>(text_->gcount());
        const bool full = text_->fail() && !text_->eof();
        // One character is for the zero that getline() adds: the end of the line is not kept.
        if (!full || line_.size() > longest_line) {
            return length;
        }
        text_->clear();
        line_.resize(std::min(2 * line_.size(), longest_line + 1));
    }
}

Result<std::string_view> DecisionReader::next_line() {
    const std::size_t length = read_line();
    if (length == 0) {
        return at_line(
            "the record stops here without an end: it was cut short, or who wrote it "
            "was killed");
    }
    ++number_;
    bytes_ += length;
    if (text_->eof()) {
        return at_line("it is cut short");
    }
    if (text_->fail()) {
        return at_line("it is longer than " + std::to_string(longest_line) + " bytes");
    }
    if (bytes_ > longest_record) {
        return at_line("here the record is longer than " + std::to_string(longest_record) +
                       " bytes");
    }
    return std::string_view(line_.data(), length - 1);
}

Result<> DecisionReader::read_head() {
    const Result<std::string_view> text = next_line();
    if (!text) {
        return number_ == 0 ? fail("the record is empty") : std::unexpected(text.error());
    }
    const Json line = Json::parse(*text, &wanted, false);
    if (!line.is_object() || !line.contains("penstock_decisions")) {
        return at_line("a record of decisions begins with \"penstock_decisions\"");
    }
    std::int64_t version = 0;
    const Result<> read = member(line, "penstock_decisions", version);
    if (read && version != format_version) {
        return at_line("the record is of version " + std::to_string(version) +
                       ", and this program reads version " + std::to_string(format_version));
    }
    for (const auto& part : {read,
                             member(line, "program", head_.program),
                             member(line, "started", head_.started),
                             member(line, "started_at_ns", head_.started_at)}) {
        if (!part) {
            return at_line(part.error().message());
        }
    }
    return {};
}

Result<Event> DecisionReader::next() {
    const Result<std::string_view> text = next_line();
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<Event> event = event_from(Json::parse(*text, &wanted, false), seen_, decided_);
    if (!event) {
        return at_line(event.error().message());
    }
    return event;
}

}  // namespace penstock::decisions
