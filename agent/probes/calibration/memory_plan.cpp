// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace penstock::calibration {
namespace {

constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t mebibyte = 1024 * kibibyte;
constexpr std::uint64_t largest_buffer = 4096 * mebibyte;
constexpr std::uint64_t smallest_buffer = 64 * mebibyte;
constexpr std::uint64_t assumed_cache = 64 * mebibyte;
constexpr std::uint64_t largest_cache = 16384 * mebibyte;  // A larger one was misread.
constexpr int most_caches = 16;                            // Of one processor; they have four.

struct Cache {
    std::uint64_t level = 0;
    std::uint64_t bytes = 0;
    std::string shared_by{};
};

// "32768K", as sysfs has it.
std::uint64_t cache_bytes(std::string_view text) {
    text = trimmed(text);
    const bool mebi = text.ends_with('M');
    if (!mebi && !text.ends_with('K')) {
        return 0;
    }
    text.remove_suffix(1);
    const std::uint64_t unit = mebi ? mebibyte : kibibyte;
    const std::uint64_t number = parse_number<std::uint64_t>(text).value_or(0);
    return number <= largest_cache / unit ? number * unit : 0;
}

std::uint64_t number_in(Machine& machine, const std::string& path) {
    const Result<std::string> text = machine.read(path);
    return text ? parse_number<std::uint64_t>(trimmed(*text)).value_or(0) : 0;
}

Cache last_cache(Machine& machine, int processor) {
    Cache last;
    for (int index = 0; index < most_caches; ++index) {
        const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(processor) +
                                   "/cache/index" + std::to_string(index) + "/";
        const std::uint64_t level = number_in(machine, folder + "level");
        if (level == 0) {
            break;
        }
        if (level > last.level) {
            last = {.level = level,
                    .bytes = cache_bytes(machine.read(folder + "size").value_or("")),
                    .shared_by = machine.read(folder + "shared_cpu_list").value_or("")};
        }
    }
    return last;
}

// "MemAvailable:   22937600 kB".
Result<std::uint64_t> available_to_all(Machine& machine) {
    const Result<std::string> text = machine.read("proc/meminfo");
    if (!text) {
        return std::unexpected(text.error());
    }
    std::string_view value = value_of(*text, "MemAvailable").value_or("");
    value = value.substr(0, value.find(' '));
    const auto kilobytes = parse_number<std::uint64_t>(value);
    if (!kilobytes || *kilobytes > ~std::uint64_t{0} / kibibyte) {
        return fail("/proc/meminfo does not say how much memory is available");
    }
    return *kilobytes * kibibyte;
}

// "0::/system.slice/penstock.service" is the line of the unified hierarchy.
std::string own_group(Machine& machine) {
    const std::string text = machine.read("proc/self/cgroup").value_or("");
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("0::/")) {
            return std::string(line.substr(std::string_view("0::").size()));
        }
    }
    return "";
}

}  // namespace

CacheSizes last_level_caches(Machine& machine, const std::vector<int>& processors) {
    std::map<std::string, std::uint64_t> caches;
    for (const int processor : processors) {
        Cache cache = last_cache(machine, processor);
        caches[std::move(cache.shared_by)] = cache.bytes;
    }
    CacheSizes sizes;
    for (const auto& [shared_by, bytes] : caches) {
        sizes.largest = std::max(sizes.largest, bytes);
        sizes.together += bytes;
    }
    return sizes;
}

Result<std::uint64_t> available_memory(Machine& machine) {
    const Result<std::uint64_t> all = available_to_all(machine);
    if (!all) {
        return all;
    }
    std::uint64_t available = *all;
    // Each group above ours limits us too.
    for (std::string group = own_group(machine); group.size() > 1; group.resize(group.rfind('/'))) {
        const std::string folder = "sys/fs/cgroup" + group;
        const std::uint64_t most = number_in(machine, folder + "/memory.max");
        if (most != 0) {  // Otherwise it is "max", or there is no such file.
            const std::uint64_t used = number_in(machine, folder + "/memory.current");
            available = std::min(available, most - std::min(most, used));
        }
    }
    return available;
}

Result<std::uint64_t> buffer_bytes_for(std::uint64_t cache_bytes, std::uint64_t available_bytes) {
    constexpr std::uint64_t enough = 4;
    constexpr std::uint64_t least = 2;
    constexpr std::uint64_t share = 8;
    const std::uint64_t cache = cache_bytes == 0 ? assumed_cache : cache_bytes;
    const std::uint64_t wanted = std::max(enough * cache, smallest_buffer);
    const std::uint64_t bytes = std::min({wanted, available_bytes / share, largest_buffer});
    if (bytes < least * cache || bytes < smallest_buffer / least) {
        return fail(
            fmt::format("caches of {} need a buffer of at least {}, but {} is the most that may be "
                        "taken of the "
                        "available {}",
                        mebibytes_text(cache),
                        mebibytes_text(std::max(least * cache, smallest_buffer / least)),
                        mebibytes_text(bytes),
                        mebibytes_text(available_bytes)));
    }
    return bytes;
}

std::string mebibytes_text(std::uint64_t bytes) {
    return fmt::format("{} MiB", bytes / mebibyte);
}

}  // namespace penstock::calibration
