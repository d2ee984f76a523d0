// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/recorded_machine.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/probes/recording/recording_limits.h"

namespace penstock {
namespace {

using recording::Answer;
using recording::CountsAnswer;
using recording::FileAnswer;
using recording::Line;

// Where a failure has no errno, as the last resort of read(2).
int errno_of(const Error& error) {
    return error.code != 0 ? error.code : EIO;
}

class RecordedFile final : public OpenFile {
  public:
    explicit RecordedFile(Answer<FileAnswer>& answers) : answers_(answers) {}

    std::expected<std::size_t, int> read(std::span<char> into) override {
        const FileAnswer* answer = answers_.take();
        if (answer == nullptr) {
            return std::unexpected(ENOENT);
        }
        if (!answer->content) {
            return std::unexpected(errno_of(answer->content.error()));
        }
        const std::size_t length = std::min(into.size(), answer->content->size());
        std::copy_n(answer->content->begin(), length, into.begin());
        return length;
    }

  private:
    Answer<FileAnswer>& answers_;
};

class RecordedGroup final : public CounterGroup {
  public:
    explicit RecordedGroup(Answer<CountsAnswer>& answers) : answers_(answers) {}

    std::expected<GroupCounts, int> read() override {
        const CountsAnswer* answer = answers_.take();
        return answer != nullptr ? answer->counts : std::unexpected(ENODEV);
    }

  private:
    Answer<CountsAnswer>& answers_;
};

}  // namespace

RecordedMachine::RecordedMachine(std::unique_ptr<std::istream> text)
    : text_(std::move(text)), line_(recording::longest_line + 1) {}

Result<std::unique_ptr<RecordedMachine>> RecordedMachine::open(std::unique_ptr<std::istream> text) {
    // The constructor is private, which make_unique can not reach.
    std::unique_ptr<RecordedMachine> machine(
        new RecordedMachine(std::move(text)));  // NOLINT(*-owning-memory)
    Result<> read = machine->read_head();
    read = read ? machine->read_answers() : read;
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return machine;
}

Result<std::optional<TimePoint>> RecordedMachine::advance() {
    const std::optional<TimePoint> now = std::exchange(next_tick_, std::nullopt);
    if (!now) {
        return std::nullopt;
    }
    last_tick_ = *now;
    answers_.settle();
    if (Result<> read = read_answers(); !read) {
        return std::unexpected(std::move(read).error());
    }
    return now;
}

std::unexpected<Error> RecordedMachine::at_line(std::string sentence) const {
    return fail("line " + std::to_string(number_) + ": " + std::move(sentence));
}

Result<std::optional<Line>> RecordedMachine::next_line() {
    text_->getline(line_.data(), static_cast<std::streamsize>(line_.size()));
    const auto length = static_cast<std::size_t>(text_->gcount());
    if (text_->bad()) {
        return fail("the recording can not be read beyond line " + std::to_string(number_));
    }
    if (length == 0) {
        return std::nullopt;
    }
    ++number_;
    bytes_ += length;
    if (text_->fail()) {
        return at_line("it is longer than " + std::to_string(recording::longest_line) + " bytes");
    }
    if (bytes_ > recording::longest_recording) {
        return at_line("here the recording is longer than " +
                       std::to_string(recording::longest_recording) + " bytes");
    }
    // The length contains the end of the line, which the last one may lack.
    Result<Line> line = recording::parse_line({line_.data(), text_->eof() ? length : length - 1});
    if (!line) {
        return at_line(line.error().message());
    }
    return std::move(*line);
}

Result<> RecordedMachine::read_head() {
    const Result<std::optional<Line>> line = next_line();
    if (!line) {
        return std::unexpected(line.error());
    }
    if (!*line) {
        return fail("the recording is empty");
    }
    const auto* head = std::get_if<recording::Head>(&**line);
    if (head == nullptr) {
        return at_line("a recording begins with \"penstock_recording\"");
    }
    head_ = *head;
    return {};
}

Result<> RecordedMachine::read_answers() {
    while (!next_tick_) {
        Result<std::optional<Line>> line = next_line();
        if (!line) {
            return std::unexpected(std::move(line).error());
        }
        if (!*line) {
            return {};
        }
        Result<> taken = std::visit([this](auto& said) { return take(std::move(said)); }, **line);
        if (!taken) {
            return at_line(taken.error().message());
        }
    }
    return {};
}

Result<> RecordedMachine::take(const recording::Head& /*head*/) {
    return fail("a recording begins only once");
}

Result<> RecordedMachine::take(const recording::Tick& tick) {
    if (last_tick_ && tick.now <= *last_tick_) {
        return fail("the tick is not later than the one before");
    }
    next_tick_ = tick.now;
    return {};
}

Result<std::vector<std::string>> RecordedMachine::list(const std::string& path) {
    Answer<recording::ListAnswer>* answers = answers_.list(path);
    const recording::ListAnswer* answer = answers != nullptr ? answers->take() : nullptr;
    return answer != nullptr ? answer->names : fail(ENOENT, "list /" + path);
}

Result<std::string> RecordedMachine::read(const std::string& path, std::size_t limit) {
    Answer<FileAnswer>* answers = answers_.file(path);
    const FileAnswer* answer = answers != nullptr ? answers->take() : nullptr;
    if (answer == nullptr) {
        return fail(ENOENT, "open /" + path);
    }
    if (answer->content && answer->content->size() > limit) {
        return fail(EFBIG, "read /" + path);
    }
    return answer->content;
}

Result<std::string> RecordedMachine::link(const std::string& path) {
    Answer<recording::LinkAnswer>* answers = answers_.link(path);
    const recording::LinkAnswer* answer = answers != nullptr ? answers->take() : nullptr;
    return answer != nullptr ? answer->target : fail(ENOENT, "read the link /" + path);
}

// Only a failure to open it was recorded as such: what is said of an open file waits for its
// reader.
Result<std::unique_ptr<OpenFile>> RecordedMachine::open(const std::string& path) {
    Answer<FileAnswer>* answers = answers_.file(path);
    const FileAnswer* answer = answers != nullptr ? answers->next() : nullptr;
    if (answer == nullptr) {
        return fail(ENOENT, "open /" + path);
    }
    if (!answer->content && !answer->opened) {
        return std::unexpected(answers->take()->content.error());
    }
    return std::make_unique<RecordedFile>(*answers);
}

Result<std::unique_ptr<CounterGroup>> RecordedMachine::open_counters(
    std::span<const PerfEvent> events, int cpu) {
    Answer<recording::CountersAnswer>* answers = answers_.counters(events, cpu);
    const recording::CountersAnswer* answer = answers != nullptr ? answers->take() : nullptr;
    if (answer == nullptr) {
        return fail(ENOENT, "open a perf counter");
    }
    if (!answer->group) {
        return std::unexpected(answer->group.error());
    }
    return std::make_unique<RecordedGroup>(answers_.counts(*answer->group));
}

}  // namespace penstock
