// SPDX-License-Identifier: Apache-2.0

#include "sim/whole_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

namespace penstock::sim {

Result<std::string> read_whole(const std::string& file, std::size_t most_bytes) {
    constexpr std::size_t piece = std::size_t{1} << 20U;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(errno, "open " + file);
    }
    std::string text;
    while (stream && text.size() <= most_bytes) {
        const std::size_t had = text.size();
        text.resize(had + std::max(piece, had));
        stream.read(text.data() + had, static_cast<std::streamsize>(text.size() - had));
        text.resize(had + static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) {
        return fail(errno, "read " + file);
    }
    if (text.size() > most_bytes) {
        return fail(fmt::format("{}: larger than {} bytes", file, most_bytes));
    }
    return text;
}

Result<> write_whole(const std::string& file, std::string_view text) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.close();
    return stream ? Result<>() : fail(errno, "write " + file);
}

}  // namespace penstock::sim
