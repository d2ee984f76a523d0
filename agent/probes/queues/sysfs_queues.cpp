// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/sysfs_queues.h"

#include <cerrno>
#include <optional>

#include "base/text.h"

namespace penstock {
namespace {

const std::string processes_folder = "class/kfd/kfd/proc";
constexpr std::size_t most_processes = 4096;
constexpr std::size_t most_queues_per_process = 1024;  // KFD_MAX_NUM_OF_QUEUES_PER_PROCESS.
constexpr std::size_t longest_attribute = 64;

// The driver's internal numbering, which is not that of its ioctls.
constexpr std::uint32_t internal_sdma = 1;
constexpr std::uint32_t internal_sdma_xgmi = 4;

QueueType type_of(std::uint32_t internal) {
    if (internal == internal_sdma) {
        return QueueType::sdma;
    }
    return internal == internal_sdma_xgmi ? QueueType::sdma_xgmi : QueueType::unknown;
}

Result<std::uint32_t> read_number(const Tree& sys, const std::string& name) {
    const Result<std::string> text = sys.read(name, longest_attribute);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto number = parse_number<std::uint32_t>(trimmed(*text));
    if (!number) {
        return fail(sys.path(name) + " holds '" + printable(trimmed(*text)) + "', not a number");
    }
    return *number;
}

Result<ListedQueue> read_queue(const Tree& sys, const std::string& folder) {
    const Result<std::uint32_t> gpu = read_number(sys, folder + "/gpuid");
    if (!gpu) {
        return std::unexpected(gpu.error());
    }
    const Result<std::uint32_t> bytes = read_number(sys, folder + "/size");
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const Result<std::uint32_t> type = read_number(sys, folder + "/type");
    if (!type) {
        return std::unexpected(type.error());
    }
    return ListedQueue{.gpu = {*gpu}, .ring_bytes = *bytes, .type = type_of(*type)};
}

// A queue or a process may end while it is being read.
bool vanished(const Error& error) {
    return error.code == ENOENT || error.code == ENODEV;
}

void note(QueueListing& listing, Error error) {
    if (!vanished(error)) {
        listing.unreadable.push_back(std::move(error));
    }
}

// The numbers in a folder's names; others, and those beyond the limit, are noted as errors.
std::vector<std::uint32_t> numbers_in(const Tree& sys,
                                      const std::string& folder,
                                      std::size_t most,
                                      QueueListing& listing) {
    const auto names = sys.list(folder);
    if (!names) {
        note(listing, names.error());
        return {};
    }
    std::vector<std::uint32_t> numbers;
    for (const std::string& name : *names) {
        const auto number = parse_number<std::uint32_t>(name);
        if (number && numbers.size() < most) {
            numbers.push_back(*number);
            continue;
        }
        note(listing,
             {.doing = sys.path(folder) +
                       (number ? " holds more than " + std::to_string(most)
                               : " holds '" + printable(name) + "'") +
                       (number ? " entries" : ", not a number")});
        if (number) {
            break;
        }
    }
    return numbers;
}

void scan_process(const Tree& sys, std::uint32_t pid, QueueListing& listing) {
    const std::string folder = processes_folder + "/" + std::to_string(pid) + "/queues";
    for (const std::uint32_t number : numbers_in(sys, folder, most_queues_per_process, listing)) {
        Result<ListedQueue> queue = read_queue(sys, folder + "/" + std::to_string(number));
        if (!queue) {
            note(listing, std::move(queue).error());
            continue;
        }
        queue->pid = pid;
        queue->number = number;
        listing.queues.push_back(*queue);
    }
}

}  // namespace

Result<QueueListing> scan_queues(const Tree& sys) {
    if (const auto there = sys.list(processes_folder); !there) {
        return fail(there.error(), "scan queues");
    }
    QueueListing listing;
    for (const std::uint32_t pid : numbers_in(sys, processes_folder, most_processes, listing)) {
        scan_process(sys, pid, listing);
    }
    return listing;
}

}  // namespace penstock
