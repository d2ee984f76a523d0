// SPDX-License-Identifier: Apache-2.0

#include "sim/plot_files.h"

#include <algorithm>
#include <filesystem>

#include "sim/whole_file.h"

namespace penstock::sim {

std::string plot_name(std::string name) {
    constexpr std::string_view harmless = " +-._:/=";
    std::ranges::replace_if(
        name,
        [&](char each) {
            const bool letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
            const bool digit = each >= '0' && each <= '9';
            return !letter && !digit && harmless.find(each) == std::string_view::npos;
        },
        '_');
    return name;
}

Result<> write_plot_files(const std::string& folder, std::initializer_list<PlotFile> files) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return fail(error.value(), "make the folder " + folder);
    }
    for (const PlotFile& file : files) {
        if (Result<> written = write_whole(folder + "/" + std::string(file.name), file.text);
            !written) {
            return written;
        }
    }
    return {};
}

}  // namespace penstock::sim
