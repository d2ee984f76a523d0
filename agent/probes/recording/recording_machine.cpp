// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/recording_machine.h"

#include <cerrno>

#include "agent/probes/recording/recording_limits.h"

namespace penstock {
namespace {

using recording::RecordingWriter;

class RecordingFile final : public OpenFile {
  public:
    RecordingFile(std::unique_ptr<OpenFile> inner, RecordingWriter& writer, std::string path)
        : inner_(std::move(inner)), writer_(writer), path_(std::move(path)) {}

    std::expected<std::size_t, int> read(std::span<char> into) override {
        const std::expected<std::size_t, int> length = inner_->read(into);
        if (length) {
            writer_.file(path_, std::string_view(into.data(), *length), true);
        } else {
            writer_.file(path_, fail(length.error(), "read"), true);
        }
        return length;
    }

  private:
    std::unique_ptr<OpenFile> inner_;
    RecordingWriter& writer_;
    std::string path_;
};

class RecordingGroup final : public CounterGroup {
  public:
    RecordingGroup(std::unique_ptr<CounterGroup> inner,
                   RecordingWriter& writer,
                   std::uint64_t number)
        : inner_(std::move(inner)), writer_(writer), number_(number) {}

    std::expected<GroupCounts, int> read() override {
        std::expected<GroupCounts, int> counts = inner_->read();
        writer_.counts(number_, counts);
        return counts;
    }

  private:
    std::unique_ptr<CounterGroup> inner_;
    RecordingWriter& writer_;
    std::uint64_t number_;
};

}  // namespace

Result<std::vector<std::string>> RecordingMachine::list(const std::string& path) {
    auto names = inner_.list(path);
    writer_.list(path, names);
    return names;
}

Result<std::string> RecordingMachine::read(const std::string& path, std::size_t limit) {
    Result<std::string> content = inner_.read(path, limit);
    if (content) {
        writer_.file(path, std::string_view(*content), false);
    } else {
        writer_.file(path, std::unexpected(content.error()), false);
    }
    return content;
}

Result<std::string> RecordingMachine::link(const std::string& path) {
    Result<std::string> target = inner_.link(path);
    writer_.link(path, target);
    return target;
}

// That a file could be opened is told by what is read from it.
Result<std::unique_ptr<OpenFile>> RecordingMachine::open(const std::string& path) {
    Result<std::unique_ptr<OpenFile>> file = inner_.open(path);
    if (!file) {
        writer_.file(path, std::unexpected(file.error()), false);
        return file;
    }
    return std::make_unique<RecordingFile>(std::move(*file), writer_, path);
}

Result<std::unique_ptr<CounterGroup>> RecordingMachine::open_counters(
    std::span<const PerfEvent> events, int cpu) {
    if (next_group_ == recording::most_groups) {
        return fail(EMFILE, "record another group of counters");
    }
    Result<std::unique_ptr<CounterGroup>> group = inner_.open_counters(events, cpu);
    if (!group) {
        writer_.counters(events, cpu, std::unexpected(group.error()));
        return group;
    }
    const std::uint64_t number = next_group_++;
    writer_.counters(events, cpu, number);
    return std::make_unique<RecordingGroup>(std::move(*group), writer_, number);
}

}  // namespace penstock
