// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/activity_log.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <iterator>
#include <memory>

namespace penstock::workload {

ActivityLog::ActivityLog(std::size_t limit) : limit_(limit) {
    stores_.reserve(limit);
    requests_.reserve(limit);
}

void ActivityLog::add(const PointerStore& store) {
    if (stores_.size() == limit_) {
        ++dropped_stores_;
        return;
    }
    stores_.push_back(store);
}

void ActivityLog::add(const CompletedRequest& request) {
    if (requests_.size() == limit_) {
        ++dropped_requests_;
        return;
    }
    requests_.push_back(request);
}

Result<> ActivityLog::write_to(const std::string& path) const {
    fmt::memory_buffer text;
    for (const PointerStore& store : stores_) {
        fmt::format_to(std::back_inserter(text),
                       R"({{"queue":{},"written":{},"stored_ns":{}}})"
                       "\n",
                       store.queue_number,
                       store.written,
                       to_ns(store.stored));
    }
    for (const CompletedRequest& request : requests_) {
        fmt::format_to(std::back_inserter(text),
                       R"({{"arrival_ns":{},"completed_ns":{}}})"
                       "\n",
                       to_ns(request.arrival),
                       to_ns(request.completed));
    }
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "we"),
                                                         &std::fclose);
    if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) {
        return fail(errno, "write " + path);
    }
    if (std::fclose(file.release()) != 0) {
        return fail(errno, "write " + path);
    }
    return {};
}

}  // namespace penstock::workload
