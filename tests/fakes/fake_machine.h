// SPDX-License-Identifier: Apache-2.0
//
// FakeMachine: a machine that is a map of files and a script for perf's counters.
//
//     FakeMachine machine;
//     machine.file("sys/class/x/value", "5\n").broken("sys/class/x/busy", EBUSY);
//     machine.count({.type = 9}, 0, 100).refuse([](auto events, int) { return EINVAL; });
//
// Files change under whoever has them open, as in sysfs; whoever holds one that was removed gets
// ENODEV. Folders exist by what is below them. What was asked of perf is recorded. It may be used
// by several threads, and outlives all that it opened.

#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "agent/probes/machine.h"

namespace penstock::fakes {

class FakeMachine final : public penstock::Machine {
  public:
    // An errno, or 0 to open what is asked for.
    using Refusal = std::function<int(std::span<const PerfEvent>, int cpu)>;

    struct Opening {
        std::vector<PerfEvent> events{};
        int cpu = 0;
        int refused = 0;  // The errno; 0 when it was opened.
    };

    FakeMachine& file(const std::string& path, std::string content) {
        const std::scoped_lock holding(lock_);
        files_[path] = {.content = std::move(content)};
        return *this;
    }

    // It is there, and reading it fails. For a folder: listing it.
    FakeMachine& broken(const std::string& path, int code) {
        const std::scoped_lock holding(lock_);
        files_[path] = {.code = code};
        return *this;
    }

    FakeMachine& symlink(const std::string& path, std::string target) {
        const std::scoped_lock holding(lock_);
        files_[path] = {.content = std::move(target), .is_link = true};
        return *this;
    }

    // The file, or all that is below the folder.
    FakeMachine& remove(const std::string& path) {
        const std::scoped_lock holding(lock_);
        std::erase_if(files_, [&](const auto& each) {
            return each.first == path || each.first.starts_with(path + "/");
        });
        return *this;
    }

    // What the event's counter shows on the processor; 0 until somebody says.
    FakeMachine& count(const PerfEvent& event, int cpu, std::uint64_t value) {
        const std::scoped_lock holding(lock_);
        counts_[key(event, cpu)] = value;
        return *this;
    }

    // What all groups show as their times; the same, and enough, until somebody says.
    FakeMachine& ran(Duration enabled, Duration running) {
        const std::scoped_lock holding(lock_);
        enabled_ = enabled;
        running_ = running;
        return *this;
    }

    FakeMachine& refuse(Refusal refusal) {
        const std::scoped_lock holding(lock_);
        refusal_ = std::move(refusal);
        return *this;
    }

    // From now on reading any counter fails with the errno, or any of the one type; 0 mends them.
    FakeMachine& break_counters(int code, std::optional<std::uint32_t> type = {}) {
        const std::scoped_lock holding(lock_);
        broken_counters_ = code;
        broken_type_ = type;
        return *this;
    }

    // All groups that were asked for, in order.
    [[nodiscard]] std::vector<Opening> openings() const {
        const std::scoped_lock holding(lock_);
        return openings_;
    }

    // How many groups are open now.
    [[nodiscard]] std::size_t open_groups() const {
        const std::scoped_lock holding(lock_);
        return open_groups_;
    }

    using penstock::Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        const std::scoped_lock holding(lock_);
        if (const auto found = files_.find(path);
            found != files_.end() && found->second.code != 0) {
            return fail(found->second.code, "list " + path);
        }
        std::set<std::string> names;
        const std::string folder = path + "/";
        for (auto each = files_.lower_bound(folder);
             each != files_.end() && each->first.starts_with(folder);
             ++each) {
            const std::string below = each->first.substr(folder.size());
            names.insert(below.substr(0, below.find('/')));
        }
        if (names.empty()) {
            return fail(ENOENT, "list " + path);
        }
        return std::vector<std::string>(names.begin(), names.end());
    }

    Result<std::string> read(const std::string& path, std::size_t limit) override {
        const std::scoped_lock holding(lock_);
        const auto found = files_.find(path);
        if (found == files_.end() || found->second.is_link) {
            return fail(ENOENT, "read " + path);
        }
        if (found->second.code != 0) {
            return fail(found->second.code, "read " + path);
        }
        if (found->second.content.size() > limit) {
            return fail(EFBIG, "read " + path);
        }
        return found->second.content;
    }

    Result<std::string> link(const std::string& path) override {
        const std::scoped_lock holding(lock_);
        const auto found = files_.find(path);
        if (found == files_.end() || !found->second.is_link) {
            return fail(found == files_.end() ? ENOENT : EINVAL, "read the link " + path);
        }
        return found->second.content;
    }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        const std::scoped_lock holding(lock_);
        const auto found = files_.find(path);
        if (found == files_.end() || found->second.is_link) {
            return fail(ENOENT, "open " + path);
        }
        return std::make_unique<FakeFile>(*this, path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int cpu) override {
        const std::scoped_lock holding(lock_);
        const int code = refusal_ ? refusal_(events, cpu) : 0;
        openings_.push_back(
            {.events = {events.begin(), events.end()}, .cpu = cpu, .refused = code});
        if (code != 0) {
            return fail(code, "open a perf counter");
        }
        return std::make_unique<FakeGroup>(*this, openings_.back());
    }

  private:
    struct File {
        std::string content{};
        int code = 0;
        bool is_link = false;
    };

    class FakeFile final : public OpenFile {
      public:
        FakeFile(FakeMachine& machine, std::string path)
            : machine_(machine), path_(std::move(path)) {}

        std::expected<std::size_t, int> read(std::span<char> into) override {
            const std::scoped_lock holding(machine_.lock_);
            const auto found = machine_.files_.find(path_);
            if (found == machine_.files_.end()) {
                return std::unexpected(ENODEV);
            }
            if (found->second.code != 0) {
                return std::unexpected(found->second.code);
            }
            return found->second.content.copy(into.data(), into.size());
        }

      private:
        FakeMachine& machine_;
        std::string path_;
    };

    class FakeGroup final : public CounterGroup {
      public:
        FakeGroup(FakeMachine& machine, Opening opened)
            : machine_(machine), opened_(std::move(opened)) {
            ++machine_.open_groups_;
        }

        ~FakeGroup() override {
            const std::scoped_lock holding(machine_.lock_);
            --machine_.open_groups_;
        }

        FakeGroup(const FakeGroup&) = delete;
        FakeGroup& operator=(const FakeGroup&) = delete;

        std::expected<GroupCounts, int> read() override {
            const std::scoped_lock holding(machine_.lock_);
            const std::uint32_t type = opened_.events.front().type;
            if (machine_.broken_counters_ != 0 && machine_.broken_type_.value_or(type) == type) {
                return std::unexpected(machine_.broken_counters_);
            }
            GroupCounts counts{.enabled = machine_.enabled_,
                               .running = machine_.running_,
                               .size = opened_.events.size()};
            for (std::size_t each = 0; each < counts.size; ++each) {
                counts.values.at(each) = machine_.counts_[key(opened_.events[each], opened_.cpu)];
            }
            return counts;
        }

      private:
        FakeMachine& machine_;
        Opening opened_;
    };

    using Key = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t, std::uint64_t, int>;

    static Key key(const PerfEvent& event, int cpu) {
        return {event.type, event.config, event.config1, event.config2, cpu};
    }

    mutable std::mutex lock_;
    std::map<std::string, File> files_;
    std::map<Key, std::uint64_t> counts_;
    Duration enabled_ = std::chrono::seconds(1);
    Duration running_ = std::chrono::seconds(1);
    Refusal refusal_;
    int broken_counters_ = 0;
    std::optional<std::uint32_t> broken_type_;
    std::vector<Opening> openings_;
    std::size_t open_groups_ = 0;
};

}  // namespace penstock::fakes
