// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/device_choice.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::workload {

namespace {

constexpr const char* nodes_path = "class/kfd/kfd/topology/nodes";

}  // namespace

Result<std::uint32_t> choose_gpu(const Tree& sysfs, std::uint32_t asked) {
    if (asked != 0) {
        return asked;
    }
    const Result<std::vector<std::string>> names = sysfs.list(nodes_path);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<std::uint32_t> numbers;
    for (const std::string& name : *names) {
        if (const auto number = parse_number<std::uint32_t>(name)) {
            numbers.push_back(*number);
        }
    }
    std::ranges::sort(numbers);
    for (const std::uint32_t number : numbers) {
        const Result<std::string> text =
            sysfs.read(std::string(nodes_path) + "/" + std::to_string(number) + "/gpu_id");
        const auto gpu_id = parse_number<std::uint32_t>(trimmed(text.value_or("")));
        if (gpu_id && *gpu_id != 0) {
            return *gpu_id;
        }
    }
    return fail("no device in " + sysfs.path(nodes_path));
}

}  // namespace penstock::workload
