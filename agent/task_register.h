// SPDX-License-Identifier: Apache-2.0
//
// Task register: the processes that whoever starts jobs has registered, and on what terms each of
// them runs: Slurm of its steps, a container runtime of its containers.
//
// A task may be registered long before it has a queue. It is named by its start as well as by its
// pid, and stays until it ends, also over a restart of the agent: a file keeps it. What a task
// starts belongs to it: when a process gets its first queue, the nearest of its parents that is a
// task passes on its terms.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/incarnation.h"
#include "base/result.h"
#include "base/tree.h"
#include "policies/terms.h"

namespace penstock {

struct Task {
    Choices terms{};  // By "job:JOB".
    std::string job{};
    std::uint32_t uid = 0;   // Whom the process belonged to when it was registered.
    bool inherited = false;  // From a parent, which was registered.
    bool operator==(const Task&) const = default;
};

using TaskList = std::map<Incarnation, Task>;

// "PID START UID registered|inherited JOB KEY=VALUE...", with the keys that rules have. What makes
// no sense is left out.
[[nodiscard]] TaskList parse_tasks(std::string_view text);
[[nodiscard]] std::string text_of(const TaskList& tasks);

class TaskRegister {
  public:
    // Of those that were registered; as many again may have inherited.
    static constexpr std::size_t most = 2048;
    static constexpr std::size_t most_of_a_user = 256;

    // How far up a process is looked for a parent that is a task.
    static constexpr int most_generations = 32;

    // Reads what the former agent left of processes that are still there; without a path nothing is
    // kept.
    TaskRegister(std::string path, Tree proc);

    // Readable when bury() is due; -1 where deaths can not be watched.
    [[nodiscard]] int fd() const { return deaths_.get(); }

    // Forgets those that have ended.
    void bury();

    // In the place of what was registered of it before. EDQUOT when there are too many.
    Result<> enrol(const Incarnation& process, int pidfd, Task task);

    // Null when it is no task.
    [[nodiscard]] const Task* find(const Incarnation& process) const;

    // The same, after it has inherited from its nearest parent, should that be a task.
    const Task* find_or_inherit(const Incarnation& process, int pidfd, std::uint32_t uid);

    [[nodiscard]] std::size_t size() const { return tasks_.size(); }

  private:
    bool bury(std::uint32_t pid);
    [[nodiscard]] Result<> check_room(const Incarnation& process, const Task& task) const;
    Result<> watch(const Incarnation& process, Fd pidfd);
    void watch_the_living();
    [[nodiscard]] const Task* nearest_parent(const Incarnation& process) const;
    [[nodiscard]] std::optional<Incarnation> parent_of(std::uint32_t pid) const;
    [[nodiscard]] Result<> write() const;

    std::string path_;
    Tree proc_;
    TaskList tasks_{};
    std::map<Incarnation, Fd> pidfds_{};  // Of the same.
    Fd deaths_{};                         // An epoll of them.
};

}  // namespace penstock
