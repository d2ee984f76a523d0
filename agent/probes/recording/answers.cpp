// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/answers.h"

#include "agent/probes/recording/recording_limits.h"

namespace penstock::recording {
namespace {

// An object, its place in a map and a deque, and its small strings.
constexpr std::size_t overhead = 512;
constexpr std::size_t bytes_per_name = 64;

std::string question_of(std::span<const PerfEvent> events, int cpu) {
    std::string question = std::to_string(cpu);
    for (const PerfEvent& event : events) {
        question += ' ' + std::to_string(event.type) + ',' + std::to_string(event.config) + ',' +
                    std::to_string(event.config1) + ',' + std::to_string(event.config2);
    }
    return question;
}

template <typename T>
Answer<T>* find(std::map<std::string, Answer<T>>& book, const std::string& question) {
    const auto found = book.find(question);
    return found == book.end() ? nullptr : &found->second;
}

}  // namespace

std::size_t cost_of(const ListAnswer& answer) {
    std::size_t cost = overhead + answer.path.size();
    if (answer.names) {
        for (const std::string& name : *answer.names) {
            cost += bytes_per_name + name.size();
        }
    }
    return cost;
}

std::size_t cost_of(const FileAnswer& answer) {
    return overhead + answer.path.size() + (answer.content ? answer.content->size() : 0);
}

std::size_t cost_of(const LinkAnswer& answer) {
    return overhead + answer.path.size() + (answer.target ? answer.target->size() : 0);
}

std::size_t cost_of(const CountersAnswer& answer) {
    return overhead + answer.events.size() * sizeof(PerfEvent);
}

std::size_t cost_of(const CountsAnswer& /*answer*/) {
    return overhead;
}

template <typename T>
Result<> Answers::put(Book<T>& book, const std::string& question, T answer) {
    const auto [place, is_new] = book.try_emplace(question, held_);
    questions_ += is_new ? 1 : 0;
    place->second.add(std::move(answer));
    fresh_.push_back(&place->second);
    return bounded();
}

Result<> Answers::bounded() {
    if (questions_ > most_paths) {
        return fail("it asks about more than " + std::to_string(most_paths) + " things");
    }
    if (held_ > most_held) {
        return fail("the answers before it take more than " + std::to_string(most_held) +
                    " bytes of memory");
    }
    return {};
}

Result<> Answers::add(ListAnswer answer) {
    const std::string path = answer.path;
    return put(lists_, path, std::move(answer));
}

Result<> Answers::add(FileAnswer answer) {
    const std::string path = answer.path;
    return put(files_, path, std::move(answer));
}

Result<> Answers::add(LinkAnswer answer) {
    const std::string path = answer.path;
    return put(links_, path, std::move(answer));
}

Result<> Answers::add(CountersAnswer answer) {
    if (answer.group) {
        const bool is_new = groups_.try_emplace(*answer.group, answer.events.size(), held_).second;
        if (!is_new) {
            return fail("the group " + std::to_string(*answer.group) + " was opened before");
        }
    }
    const std::string question = question_of(answer.events, answer.cpu);
    return put(counters_, question, std::move(answer));
}

Result<> Answers::add(CountsAnswer answer) {
    const auto group = groups_.find(answer.group);
    if (group == groups_.end()) {
        return fail("the group " + std::to_string(answer.group) + " was not opened before");
    }
    if (answer.counts && answer.counts->size != group->second.events) {
        return fail("the group has " + std::to_string(group->second.events) + " events, and here " +
                    std::to_string(answer.counts->size) + " values");
    }
    group->second.counts.add(std::move(answer));
    fresh_.push_back(&group->second.counts);
    return bounded();
}

void Answers::settle() {
    for (Settling* answer : fresh_) {
        answer->settle();
    }
    fresh_.clear();
}

Answer<ListAnswer>* Answers::list(const std::string& path) {
    return find(lists_, path);
}

Answer<FileAnswer>* Answers::file(const std::string& path) {
    return find(files_, path);
}

Answer<LinkAnswer>* Answers::link(const std::string& path) {
    return find(links_, path);
}

Answer<CountersAnswer>* Answers::counters(std::span<const PerfEvent> events, int cpu) {
    return find(counters_, question_of(events, cpu));
}

}  // namespace penstock::recording
