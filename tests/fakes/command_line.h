// SPDX-License-Identifier: Apache-2.0
//
// Command line: words as a program is given them, and what its parser makes of them and says.

#pragma once

#include <gtest/gtest.h>

#include <expected>
#include <string>
#include <vector>

namespace penstock::fakes {

template <typename Options>
struct Parsed {
    std::expected<Options, int> options;
    std::string said{};  // On either output.
};

// The first word is the program's name.
template <typename Options>
Parsed<Options> parsed_by(std::expected<Options, int> (*parse)(int, char**),
                          std::vector<std::string> words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size());
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    Parsed<Options> parsed{.options = parse(static_cast<int>(arguments.size()), arguments.data())};
    parsed.said = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    return parsed;
}

}  // namespace penstock::fakes
