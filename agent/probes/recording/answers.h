// SPDX-License-Identifier: Apache-2.0
//
// Answers: what a replay has to say at the moment, by question.

#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/probes/recording/recording_line.h"

namespace penstock::recording {

// Bytes that an answer takes in memory, roughly and rather too many.
[[nodiscard]] std::size_t cost_of(const ListAnswer& answer);
[[nodiscard]] std::size_t cost_of(const FileAnswer& answer);
[[nodiscard]] std::size_t cost_of(const LinkAnswer& answer);
[[nodiscard]] std::size_t cost_of(const CountersAnswer& answer);
[[nodiscard]] std::size_t cost_of(const CountsAnswer& answer);

class Settling {
  public:
    Settling() = default;
    virtual ~Settling() = default;
    Settling(const Settling&) = delete;
    Settling& operator=(const Settling&) = delete;

    // The tick is over: only its last answer holds on.
    virtual void settle() = 0;
};

// The answers to one question: those of the present tick in their order, then the last one for
// ever.
template <typename T>
class Answer final : public Settling {
  public:
    // `held` counts the bytes of all answers, and outlives this.
    explicit Answer(std::size_t& held) : held_(held) {}

    void add(T value) {
        held_ += cost_of(value);
        waiting_.push_back(std::move(value));
    }

    // Null when none was ever recorded. Valid until the next call of a member.
    const T* take() {
        if (!waiting_.empty()) {
            keep(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        return last_ ? &*last_ : nullptr;
    }

    // What take() would return.
    [[nodiscard]] const T* next() const {
        if (!waiting_.empty()) {
            return &waiting_.front();
        }
        return last_ ? &*last_ : nullptr;
    }

    void settle() override {
        while (!waiting_.empty()) {
            take();
        }
    }

  private:
    void keep(T value) {
        held_ -= last_ ? cost_of(*last_) : 0;
        last_ = std::move(value);
    }

    std::size_t& held_;
    std::deque<T> waiting_{};
    std::optional<T> last_{};
};

class Answers {
  public:
    Answers() = default;

    // Answers count into the object, and who has a file open points into it.
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;
    Answers(Answers&&) = delete;
    Answers& operator=(Answers&&) = delete;
    ~Answers() = default;

    // Fail when there are more questions or bytes than a replay holds, and for counts of a group
    // that was not opened so.
    Result<> add(ListAnswer answer);
    Result<> add(FileAnswer answer);
    Result<> add(LinkAnswer answer);
    Result<> add(CountersAnswer answer);
    Result<> add(CountsAnswer answer);

    void settle();

    // Null when the question was never asked.
    Answer<ListAnswer>* list(const std::string& path);
    Answer<FileAnswer>* file(const std::string& path);
    Answer<LinkAnswer>* link(const std::string& path);
    Answer<CountersAnswer>* counters(std::span<const PerfEvent> events, int cpu);

    // Of a group that was opened.
    Answer<CountsAnswer>& counts(std::uint64_t group) { return groups_.at(group).counts; }

  private:
    struct Group {
        Group(std::size_t number_of_events, std::size_t& held)
            : events(number_of_events), counts(held) {}

        std::size_t events;
        Answer<CountsAnswer> counts;
    };

    template <typename T>
    using Book = std::map<std::string, Answer<T>>;

    template <typename T>
    Result<> put(Book<T>& book, const std::string& question, T answer);

    Result<> bounded();

    std::size_t held_ = 0;
    std::size_t questions_ = 0;
    Book<ListAnswer> lists_{};
    Book<FileAnswer> files_{};
    Book<LinkAnswer> links_{};
    Book<CountersAnswer> counters_{};
    std::map<std::uint64_t, Group> groups_{};
    std::vector<Settling*> fresh_{};  // Got an answer in the present tick.
};

}  // namespace penstock::recording
