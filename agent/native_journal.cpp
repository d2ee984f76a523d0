// SPDX-License-Identifier: Apache-2.0

#include "agent/native_journal.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/journal.h"

namespace penstock {
namespace {

std::atomic<bool>& native() {
    static std::atomic<bool> now{false};
    return now;
}

void send(Severity severity,
          std::string_view line,
          Event event,
          std::span<const JournalField> fields) {
    std::vector<std::string> texts = {fmt::format("PRIORITY={}", static_cast<int>(severity)),
                                      fmt::format("MESSAGE={}", line)};
    if (*event.id != '\0') {
        texts.push_back(fmt::format("MESSAGE_ID={}", event.id));
    }
    for (const JournalField& field : fields) {
        texts.push_back(fmt::format("{}={}", field.name, field.value));
    }
    std::vector<iovec> parts;
    parts.reserve(texts.size());
    for (std::string& text : texts) {
        parts.push_back({.iov_base = text.data(), .iov_len = text.size()});
    }
    // A lost log line has nobody to be reported to.
    sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace

bool journald_listens() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before there are threads, and nobody changes it.
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
           stream == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

bool set_log_target(std::string_view target) {
    if (target != "journal" && target != "console") {
        return false;
    }
    native() = target == "journal";
    set_journal_sink(native() ? &send : nullptr);
    return true;
}

const char* log_target() {
    return native() ? "journal" : "console";
}

}  // namespace penstock
