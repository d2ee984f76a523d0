// SPDX-License-Identifier: Apache-2.0
//
// PaperMachine: a machine that says what a test has written down. Files may change between reads.

#pragma once

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

#include "agent/probes/machine.h"

namespace penstock::test {

class PaperMachine : public Machine {
  public:
    std::map<std::string, std::string> files{};
    std::map<std::string, std::string> links{};
    std::map<std::string, std::vector<std::string>> folders{};
    GroupCounts counts{.size = 1};
    int counters_errno = 0;  // 0 when they can be opened.

    using Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        const auto found = folders.find(path);
        if (found == folders.end()) {
            return fail(ENOENT, "list /" + path);
        }
        return found->second;
    }

    Result<std::string> read(const std::string& path, std::size_t limit) override {
        const auto found = files.find(path);
        if (found == files.end()) {
            return fail(ENOENT, "open /" + path);
        }
        if (found->second.size() > limit) {
            return fail(EFBIG, "read /" + path);
        }
        return found->second;
    }

    Result<std::string> link(const std::string& path) override {
        const auto found = links.find(path);
        if (found == links.end()) {
            return fail(ENOENT, "read the link /" + path);
        }
        return found->second;
    }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        if (!files.contains(path)) {
            return fail(ENOENT, "open /" + path);
        }
        return std::make_unique<Paper>(*this, path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> /*events*/,
                                                        int /*cpu*/) override {
        if (counters_errno != 0) {
            return fail(counters_errno, "open a perf counter");
        }
        return std::make_unique<Group>(*this);
    }

  private:
    class Paper final : public OpenFile {
      public:
        Paper(PaperMachine& machine, std::string path)
            : machine_(machine), path_(std::move(path)) {}

        std::expected<std::size_t, int> read(std::span<char> into) override {
            const auto found = machine_.files.find(path_);
            if (found == machine_.files.end()) {
                return std::unexpected(ENODEV);
            }
            const std::size_t length = std::min(into.size(), found->second.size());
            std::copy_n(found->second.begin(), length, into.begin());
            return length;
        }

      private:
        PaperMachine& machine_;
        std::string path_;
    };

    class Group final : public CounterGroup {
      public:
        explicit Group(PaperMachine& machine) : machine_(machine) {}

        std::expected<GroupCounts, int> read() override {
            if (machine_.counters_errno != 0) {
                return std::unexpected(machine_.counters_errno);
            }
            return machine_.counts;
        }

      private:
        PaperMachine& machine_;
    };
};

}  // namespace penstock::test
