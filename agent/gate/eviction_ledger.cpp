// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/eviction_ledger.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"

namespace penstock::gate {
namespace {

constexpr mode_t ours_alone = 0600;
constexpr std::size_t most_bytes = EvictionLedger::most_lines * EvictionLedger::line_bytes;

std::string padded(std::string text) {
    text.resize(EvictionLedger::line_bytes - 1, ' ');
    return text + '\n';
}

// Zeros are holes: the file grows by whole lines, but not always in order.
bool is_blank(std::string_view line) {
    return line.find_first_not_of(std::string_view(" \n\0", 3)) == std::string_view::npos;
}

Result<> check(const Fd& file, const std::string& path) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return fail(errno, "look at " + path);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(path + " is not a regular file");
    }
    if (status.st_uid != ::geteuid()) {
        return fail(path + " belongs to user " + std::to_string(status.st_uid) + ", expected " +
                    std::to_string(::geteuid()));
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail(path + " can be written by others, expected mode 0600");
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? fail(path + " is in use by another gate")
                                    : fail(errno, "lock " + path);
    }
    return {};
}

Result<std::string> content_of(const Fd& file, const std::string& path) {
    std::string text(most_bytes, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const ssize_t got = ::pread(
            file.get(), text.data() + length, text.size() - length, static_cast<off_t>(length));
        if (got < 0) {
            return fail(errno, "read " + path);
        }
        if (got == 0) {
            break;
        }
        length += static_cast<std::size_t>(got);
    }
    text.resize(length);
    return text;
}

}  // namespace

std::string ledger_line(const LedgerEntry& entry) {
    const std::string process =
        std::to_string(entry.process.pid) + ' ' + std::to_string(entry.process.start_ticks);
    switch (entry.undo) {
        case Undo::restore_process:
            return padded("E " + process);
        case Undo::resume_queue:
            return padded("V " + process + ' ' + std::to_string(entry.queue));
    }
    return padded("");
}

std::optional<LedgerEntry> parse_ledger_line(std::string_view line) {
    const auto words = split(trimmed(line), ' ');
    const bool of_process = words.size() == 3 && words[0] == "E";
    const bool of_queue = words.size() == 4 && words[0] == "V";
    if (!of_process && !of_queue) {
        return std::nullopt;
    }
    const auto pid = parse_number<pid_t>(words[1]);
    const auto start = parse_number<std::uint64_t>(words[2]);
    const auto queue = of_queue ? parse_number<std::uint32_t>(words[3]) : 0;
    // Pid 0 and negative ones mean ourselves or many to some system calls.
    if (!pid || *pid <= 0 || !start || !queue) {
        return std::nullopt;
    }
    const LedgerEntry entry{
        .undo = of_process ? Undo::restore_process : Undo::resume_queue,
        .process = {.pid = static_cast<std::uint32_t>(*pid), .start_ticks = *start},
        .queue = *queue};
    return ledger_line(entry) == line ? std::optional(entry) : std::nullopt;
}

Result<EvictionLedger> EvictionLedger::open(const std::string& path) {
    // Without O_NONBLOCK a pipe in its place would keep us waiting.
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    Result<Fd> file = owned(::open(path.c_str(), flags, ours_alone), "open " + path);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    if (Result<> fit = check(*file, path); !fit) {
        return std::unexpected(std::move(fit).error());
    }
    EvictionLedger ledger(std::move(*file), path);
    if (Result<> taken = ledger.take_over(); !taken) {
        return std::unexpected(std::move(taken).error());
    }
    return ledger;
}

Result<> EvictionLedger::take_over() {
    const Result<std::string> content = content_of(file_, path_);
    if (!content) {
        return std::unexpected(content.error());
    }
    std::string_view rest = *content;
    for (Line number = 0; !rest.empty(); ++number) {
        take_over_line(number, rest.substr(0, line_bytes));
        rest.remove_prefix(std::min(line_bytes, rest.size()));
    }
    free_.reserve(most_lines);
    for (Line number = most_lines; number-- > 0;) {
        if (lines_[number].state == State::free) {
            free_.push_back(number);
        }
    }
    return {};
}

void EvictionLedger::take_over_line(Line number, std::string_view text) {
    if (const auto entry = parse_ledger_line(text)) {
        lines_[number] = {.state = State::left_over, .entry = *entry};
    } else if (!is_blank(text)) {
        ++garbage_;
    }
}

Result<> EvictionLedger::write(Line line, const std::string& text) const {
    const auto offset = static_cast<off_t>(line * line_bytes);
    const ssize_t written = ::pwrite(file_.get(), text.data(), text.size(), offset);
    if (written != static_cast<ssize_t>(text.size())) {
        return fail(written < 0 ? errno : EIO, "write " + path_);
    }
    return {};
}

Result<EvictionLedger::Line> EvictionLedger::enter(const LedgerEntry& entry) {
    if (free_.empty()) {
        return fail(path_ + " is full: " + std::to_string(most_lines) + " undos are due");
    }
    const Line line = free_.back();
    if (Result<> written = write(line, ledger_line(entry)); !written) {
        return std::unexpected(std::move(written).error());
    }
    free_.pop_back();
    lines_[line] = {.state = State::in_use, .entry = entry};
    return line;
}

void EvictionLedger::strike(Line line) {
    if (!write(line, padded(""))) {
        leave(line);
        return;
    }
    lines_[line] = {};
    free_.push_back(line);
}

void EvictionLedger::leave(Line line) {
    lines_[line].state = State::left_over;
}

std::vector<EvictionLedger::LeftOver> EvictionLedger::left_over() const {
    std::vector<LeftOver> left;
    for (Line number = 0; number < most_lines; ++number) {
        if (lines_[number].state == State::left_over) {
            left.push_back({.line = number, .entry = lines_[number].entry});
        }
    }
    return left;
}

}  // namespace penstock::gate
