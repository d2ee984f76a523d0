// SPDX-License-Identifier: Apache-2.0
//
// Line reader: cuts what arrives in pieces into lines. A line that is too long is dropped whole.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace penstock {

class LineReader {
  public:
    static constexpr std::size_t longest_line = 64 * 1024;

    // Where the next piece belongs; never empty.
    [[nodiscard]] std::span<char> room();

    // That many bytes have been put there. Calls `take` with each complete line, without its end.
    template <typename Take>
    void arrived(std::size_t bytes, Take take) {
        size_ += bytes;
        std::string_view rest(bytes_.data(), size_);
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos;
             end = rest.find('\n')) {
            if (!dropping_) {
                take(rest.substr(0, end));
            }
            dropping_ = false;
            rest.remove_prefix(end + 1);
        }
        keep(rest);
    }

    // What comes belongs to another program.
    void start_anew();

    [[nodiscard]] std::size_t dropped() const { return dropped_; }

  private:
    void keep(std::string_view rest);

    std::vector<char> bytes_ = std::vector<char>(longest_line);
    std::size_t size_ = 0;
    bool dropping_ = false;  // Until the end of a line that was too long.
    std::size_t dropped_ = 0;
};

}  // namespace penstock
