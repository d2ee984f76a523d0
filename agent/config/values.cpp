// SPDX-License-Identifier: Apache-2.0

#include "agent/config/values.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::config {
namespace {

// A word that needs one kind of quotes never has that kind inside: it could not have been written.
std::string_view quote_for(std::string_view word) {
    if (!word.empty() && word.front() != '"' && word.front() != '\'' &&
        word.find_first_of(" \t") == std::string_view::npos) {
        return "";
    }
    return word.find('"') == std::string_view::npos ? "\"" : "'";
}

}  // namespace

Result<std::vector<std::string>> parse_words(std::string_view text) {
    std::vector<std::string> words;
    std::string_view rest = trimmed(text);
    while (!rest.empty()) {
        const char quote = rest.front() == '"' || rest.front() == '\'' ? rest.front() : ' ';
        if (quote != ' ') {
            rest.remove_prefix(1);
        }
        const std::size_t end = std::min(rest.find(quote), rest.find(quote == ' ' ? '\t' : quote));
        if (end == std::string_view::npos && quote != ' ') {
            return fail("a quote is opened and never closed");
        }
        words.emplace_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : trimmed(rest.substr(end + 1));
    }
    return words;
}

std::string to_text(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        const std::string_view quote = quote_for(word);
        text.append(text.empty() ? "" : " ").append(quote).append(word).append(quote);
    }
    return text;
}

}  // namespace penstock::config
