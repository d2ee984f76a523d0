// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf_group.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"

namespace penstock {
namespace {

constexpr std::size_t head_words = 3;       // nr, enabled, running.
constexpr std::size_t words_per_event = 2;  // value, id.

// A counter of a box outside the processors counts for everybody: it knows no process, can not
// leave out the kernel's part, and can not sample. So none of perf_event_attr's bits for that is
// set; the kernel refuses them there (EINVAL). The times enabled and running tell when counters
// took turns.
Result<Fd> open_event(const PerfEvent& event, int cpu, int leader) {
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = event.type;
    attr.config = event.config;
    attr.config1 = event.config1;
    attr.config2 = event.config2;
    attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING |
                       PERF_FORMAT_GROUP | PERF_FORMAT_ID;
    constexpr int every_process = -1;
    return owned(static_cast<int>(::syscall(
                     SYS_perf_event_open, &attr, every_process, cpu, leader, PERF_FLAG_FD_CLOEXEC)),
                 "open a perf counter");
}

class PerfGroup final : public CounterGroup {
  public:
    explicit PerfGroup(std::vector<Fd> counters) : counters_(std::move(counters)) {}

    std::expected<GroupCounts, int> read() override {
        std::array<std::uint64_t, head_words + words_per_event * most_events_in_group> words{};
        const ssize_t length = ::read(counters_.front().get(), words.data(), sizeof words);
        if (length < 0) {
            return std::unexpected(errno);
        }
        return counts_of(std::span(words).first(static_cast<std::size_t>(length) / sizeof words[0]),
                         counters_.size());
    }

  private:
    std::vector<Fd> counters_;  // The first one leads.
};

}  // namespace

Result<std::unique_ptr<CounterGroup>> open_perf_group(std::span<const PerfEvent> events, int cpu) {
    if (events.empty() || events.size() > most_events_in_group) {
        return fail("a group of " + std::to_string(events.size()) + " counters can not be opened");
    }
    std::vector<Fd> counters;
    for (const PerfEvent& event : events) {
        constexpr int no_leader = -1;
        Result<Fd> counter =
            open_event(event, cpu, counters.empty() ? no_leader : counters.front().get());
        if (!counter) {
            return std::unexpected(std::move(counter).error());
        }
        counters.push_back(std::move(*counter));
    }
    return std::make_unique<PerfGroup>(std::move(counters));
}

std::expected<GroupCounts, int> counts_of(std::span<const std::uint64_t> words,
                                          std::size_t events) {
    constexpr std::uint64_t longest_time = std::uint64_t{1} << 62;
    if (events == 0 || events > most_events_in_group ||
        words.size() != head_words + words_per_event * events || words[0] != events ||
        words[1] > longest_time || words[2] > longest_time) {
        return std::unexpected(EBADMSG);
    }
    GroupCounts counts{.enabled = Duration(static_cast<std::int64_t>(words[1])),
                       .running = Duration(static_cast<std::int64_t>(words[2])),
                       .size = events};
    for (std::size_t event = 0; event < events; ++event) {
        counts.values.at(event) = words[head_words + words_per_event * event];
    }
    return counts;
}

}  // namespace penstock
