// SPDX-License-Identifier: Apache-2.0
//
// Replays a corpus as an ordinary test, with the compiler of the build and without libFuzzer: every
// input that once failed, or that reaches a rare line, is tried at every check.
// usage: replay FOLDER

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace {

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int replay(const std::filesystem::path& folder) {
    unsigned count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::vector<std::uint8_t> input = bytes_of(entry.path());
        // Flushed before the call, so that the last line names the input that ended the program.
        std::printf("%s\n", entry.path().filename().c_str());
        std::fflush(stdout);
        (void)LLVMFuzzerTestOneInput(input.data(), input.size());
        ++count;
    }
    std::printf("%u inputs\n", count);
    return count == 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    try {
        return replay(arguments[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", arguments[1], error.what());
        return 1;
    }
}
