// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>

#include "agent/probes/accelerators.h"
#include "agent/probes/recording/recording_machine.h"
#include "agent/probes/source_catalogue.h"
#include "agent/probes/source_group.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/stop_signal.h"
#include "base/tree.h"
#include "client/ctl/source_rows.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

// Energy counters, which only root may read, are among what is recorded; and a name that somebody
// else has placed must not be written through.
Result<Fd> created(const std::string& path) {
    constexpr mode_t only_owner = 0600;
    return owned(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, only_owner),
        "create " + path);
}

recording::Head head_of(const Record& verb) {
    // The emulator's mount shows itself by a folder that no machine has.
    const bool emulated = verb.root != "/" && Tree(verb.root).list("emulator").has_value();
    return {.started = seconds_since_1970(),
            .started_at = monotonic_now(),
            .period = verb.interval,
            .emulated = emulated};
}

// How many sources stand how, from their news.
class Census {
  public:
    void count(const std::vector<SourceNews>& news) {
        for (const SourceNews& each : news) {
            available_[each.source] = each.state.standing == Standing::available;
        }
    }

    [[nodiscard]] std::string text() const {
        const auto available =
            std::ranges::count_if(available_, [](const auto& s) { return s.second; });
        return fmt::format("{} of {} sources", available, available_.size());
    }

  private:
    std::map<SourceId, bool> available_{};
};

class Session {
  public:
    Session(const Record& verb, recording::RecordingWriter& writer, Machine& machine, bool emulated)
        : verb_(verb),
          writer_(writer),
          around_(surroundings_of(find_accelerators(machine), emulated)),
          group_(machine, around_) {
        for (NumberedSource& source : make_sources({.period = verb.interval}, around_)) {
            group_.add(std::move(source.source), source.id);
        }
    }

    // Ends with the signal, after the duration, or when the recording can not be continued.
    Result<> run(StopSignal& stop) {
        const TimePoint start = monotonic_now();
        TimePoint due = start;
        do {
            const TimePoint now = monotonic_now();
            if (Result<> told = writer_.tick(now); !told) {
                return told;
            }
            group_.run(now, readings_);
            census_.count(readings_.sources);
            readings_.clear();
            due = std::max(due + verb_.interval, monotonic_now());
        } while ((!verb_.duration || due <= start + *verb_.duration) && !stop.wait_until(due));
        return writer_.finish();
    }

    [[nodiscard]] std::string text() const {
        return fmt::format("recorded {} ticks, {} available, {} bytes\n",
                           writer_.ticks(),
                           census_.text(),
                           writer_.bytes());
    }

  private:
    const Record& verb_;
    recording::RecordingWriter& writer_;
    Surroundings around_;
    SourceGroup group_;
    Readings readings_{};
    Census census_{};
};

}  // namespace

Outcome<> run(const Record& verb) {
    StopSignal stop;
    const bool to_stdout = verb.file == "-";
    Result<Fd> file =
        to_stdout ? owned(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), "write to standard output")
                  : created(verb.file);
    if (!file) {
        return fail(Exit::refused, file.error().message());
    }
    const recording::Head head = head_of(verb);
    recording::RecordingWriter writer(
        [&file](std::string_view lines) { return write_all(*file, lines, "write the recording"); },
        head,
        "penstockctl " PENSTOCK_VERSION);
    const std::shared_ptr<Machine> machine = machine_below(verb.root);
    RecordingMachine recorded(*machine, writer);
    Session session(verb, writer, recorded, head.emulated);
    const Result<> ended = session.run(stop);
    // Standard output may be the recording.
    fmt::print(to_stdout ? stderr : stdout, "{}", session.text());
    return ended ? Outcome<>{} : fail(Exit::refused, ended.error().message());
}

}  // namespace penstock::ctl
