// SPDX-License-Identifier: Apache-2.0

#include "agent/task_register.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include "agent/config/rule_terms.h"
#include "base/pidfd.h"
#include "base/replace_file.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_line = 512;
constexpr std::size_t longest_text = 2 * TaskRegister::most * longest_line;
constexpr std::string_view registered_word = "registered";
constexpr std::string_view inherited_word = "inherited";
constexpr std::size_t words_before_terms = 5;

// A line of the file. The terms are the last, and none of them holds a blank.
std::optional<TaskList::value_type> parse_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() < words_before_terms || line.size() > longest_line || words[4].empty()) {
        return std::nullopt;
    }
    const auto pid = parse_number<std::uint32_t>(words[0]);
    const auto start = parse_number<std::uint64_t>(words[1]);
    const auto uid = parse_number<std::uint32_t>(words[2]);
    if (!pid || !start || !uid || (words[3] != registered_word && words[3] != inherited_word)) {
        return std::nullopt;
    }
    Task task{.job = printable(words[4], longest_line),
              .uid = *uid,
              .inherited = words[3] == inherited_word};
    for (auto word = words.begin() + words_before_terms; word != words.end(); ++word) {
        const std::size_t equals = std::min(word->find('='), word->size() - 1);
        const Result<Choices> term = config::parse_term(
            word->substr(0, equals), word->substr(equals + 1), "job:" + task.job);
        if (!term || *term == Choices{}) {
            return std::nullopt;
        }
        apply(*term, task.terms);
    }
    return TaskList::value_type(Incarnation{.pid = *pid, .start_ticks = *start}, std::move(task));
}

}  // namespace

TaskList parse_tasks(std::string_view text) {
    TaskList tasks;
    for (const std::string_view line : split(text, '\n')) {
        if (auto entry = parse_line(line); entry && tasks.size() < 2 * TaskRegister::most) {
            tasks.insert(*std::move(entry));
        }
    }
    return tasks;
}

std::string text_of(const TaskList& tasks) {
    std::string text;
    for (const auto& [process, task] : tasks) {
        fmt::format_to(std::back_inserter(text),
                       "{} {} {} {} {}",
                       process.pid,
                       process.start_ticks,
                       task.uid,
                       task.inherited ? inherited_word : registered_word,
                       task.job);
        for (const config::KeyValue& term : config::written(task.terms)) {
            fmt::format_to(std::back_inserter(text), " {}={}", term.key, term.value);
        }
        text += '\n';
    }
    return text;
}

TaskRegister::TaskRegister(std::string path, Tree proc)
    : path_(std::move(path)), proc_(std::move(proc)) {
    if (Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll")) {
        deaths_ = std::move(*epoll);
    }
    if (path_.empty()) {
        return;
    }
    if (const Result<std::string> text = Tree("/").read(path_, longest_text)) {
        tasks_ = parse_tasks(*text);
        watch_the_living();
    }
}

// The descriptor is opened first: then whoever has the pid is looked at, and has it.
void TaskRegister::watch_the_living() {
    std::erase_if(tasks_, [&](const auto& entry) {
        const Incarnation& process = entry.first;
        Result<Fd> pidfd = open_pidfd(static_cast<pid_t>(process.pid));
        const Result<Incarnation> now = Incarnation::of(proc_, process.pid);
        return !pidfd || !now || *now != process || !watch(process, std::move(*pidfd));
    });
}

Result<> TaskRegister::watch(const Incarnation& process, Fd pidfd) {
    epoll_event wanted{.events = EPOLLIN, .data = {.u32 = process.pid}};
    if (::epoll_ctl(deaths_.get(), EPOLL_CTL_ADD, pidfd.get(), &wanted) < 0) {
        return fail(errno, "watch process " + std::to_string(process.pid));
    }
    pidfds_.insert_or_assign(process, std::move(pidfd));
    return {};
}

void TaskRegister::bury() {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(deaths_.get(), events.data(), int{events.size()}, 0);
    bool any = false;
    for (int i = 0; i < count; ++i) {
        any = bury(events.at(static_cast<std::size_t>(i)).data.u32) || any;
    }
    if (any) {
        static_cast<void>(write());  // Whoever reads of a dead one finds out.
    }
}

// Whoever of this pid has ended. As long as the client has copies of the descriptor, closing ours
// does not end the watch: it would tell of the death for ever.
bool TaskRegister::bury(std::uint32_t pid) {
    bool any = false;
    for (auto each = pidfds_.lower_bound({.pid = pid});
         each != pidfds_.end() && each->first.pid == pid;) {
        if (is_alive(each->second)) {
            ++each;
            continue;
        }
        ::epoll_ctl(deaths_.get(), EPOLL_CTL_DEL, each->second.get(), nullptr);
        tasks_.erase(each->first);
        each = pidfds_.erase(each);
        any = true;
    }
    return any;
}

Result<> TaskRegister::check_room(const Incarnation& process, const Task& task) const {
    const auto same = [&](const auto& entry) {
        return entry.second.inherited == task.inherited && entry.first != process;
    };
    if (static_cast<std::size_t>(std::ranges::count_if(tasks_, same)) >= most) {
        return fail(EDQUOT, fmt::format("{} tasks are registered, which is the limit", most));
    }
    const auto own = [&](const auto& entry) { return same(entry) && entry.second.uid == task.uid; };
    if (!task.inherited &&
        static_cast<std::size_t>(std::ranges::count_if(tasks_, own)) >= most_of_a_user) {
        return fail(EDQUOT,
                    fmt::format("{} processes of uid {} are registered as tasks, which is the "
                                "limit of one user",
                                most_of_a_user,
                                task.uid));
    }
    return {};
}

Result<> TaskRegister::enrol(const Incarnation& process, int pidfd, Task task) {
    bury();
    if (Result<> room = check_room(process, task); !room) {
        return room;
    }
    if (!pidfds_.contains(process)) {
        Result<Fd> own = owned(::fcntl(pidfd, F_DUPFD_CLOEXEC, 0), "keep a process' descriptor");
        Result<> watched =
            own ? watch(process, std::move(*own)) : std::unexpected(std::move(own).error());
        if (!watched) {
            return watched;
        }
    }
    tasks_.insert_or_assign(process, std::move(task));
    return path_.empty() ? Result<>() : write();
}

const Task* TaskRegister::find(const Incarnation& process) const {
    const auto found = tasks_.find(process);
    return found != tasks_.end() ? &found->second : nullptr;
}

const Task* TaskRegister::find_or_inherit(const Incarnation& process,
                                          int pidfd,
                                          std::uint32_t uid) {
    const Task* own = find(process);
    const Task* parent = own == nullptr && !tasks_.empty() ? nearest_parent(process) : nullptr;
    if (parent == nullptr) {
        return own;
    }
    Task heir = *parent;
    heir.uid = uid;
    heir.inherited = true;
    // Where there is no place for it, the next agent will have to find the parent again.
    static_cast<void>(enrol(process, pidfd, std::move(heir)));
    own = find(process);
    return own != nullptr ? own : nearest_parent(process);
}

const Task* TaskRegister::nearest_parent(const Incarnation& process) const {
    std::optional<Incarnation> parent = parent_of(process.pid);
    for (int generation = 0; parent && generation < most_generations; ++generation) {
        if (const Task* task = find(*parent)) {
            return task;
        }
        parent = parent_of(parent->pid);
    }
    return nullptr;
}

// Asked twice: if it is still the parent after it was looked at, nobody else had its pid meanwhile.
std::optional<Incarnation> TaskRegister::parent_of(std::uint32_t pid) const {
    const auto ask = [&]() -> std::optional<std::uint32_t> {
        const auto status = proc_.read(std::to_string(pid) + "/status");
        const auto line = status ? value_of(*status, "PPid") : std::nullopt;
        return line ? parse_number<std::uint32_t>(trimmed(*line)) : std::nullopt;
    };
    const std::optional<std::uint32_t> number = ask();
    if (!number || *number == 0) {
        return std::nullopt;
    }
    const Result<Incarnation> parent = Incarnation::of(proc_, *number);
    return parent && ask() == number ? std::optional(*parent) : std::nullopt;
}

Result<> TaskRegister::write() const {
    constexpr mode_t for_us_alone = 0600;
    return path_.empty()
               ? Result<>()
               : replace_file(path_, text_of(tasks_), for_us_alone, Outlives::the_program);
}

}  // namespace penstock
