// SPDX-License-Identifier: Apache-2.0
//
// Unit text: the dialect of systemd's configuration files, taken apart into assignments.
//
// [Section] or [Kind name], Key=value, comments that begin a line with # or ;, and lines continued
// by a backslash. What is wrong is remarked on with its file and line, and everything else still
// counts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::config {

inline constexpr std::size_t most_file_bytes = std::size_t{1} << 20U;
inline constexpr std::size_t most_line_bytes = 2048;  // With its continuations.
inline constexpr std::size_t most_remarks = 64;       // In all; what follows is only counted.

// Where something was written.
struct Place {
    std::string file{};
    std::uint32_t line = 0;  // From 1; 0 for the whole file.
    bool operator==(const Place&) const = default;
};

// "FILE:LINE".
[[nodiscard]] std::string to_text(const Place& place);

enum class Gravity : std::uint8_t { warning, error };

// What is wrong with what an administrator wrote: one sentence, without a final full stop.
struct Remark {
    Gravity gravity = Gravity::warning;
    Place place{};
    std::string sentence{};
};

class Remarks {
  public:
    void warn(const Place& place, std::string sentence);
    void object(const Place& place, std::string sentence);

    [[nodiscard]] const std::vector<Remark>& all() const { return all_; }

    [[nodiscard]] std::size_t errors() const { return errors_; }

    [[nodiscard]] std::size_t warnings() const { return warnings_; }

  private:
    void add(Gravity gravity, const Place& place, std::string sentence);

    std::vector<Remark> all_;  // The first ones.
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
};

struct Assignment {
    std::string section{};
    std::string key{};
    std::string value{};  // Empty: forget what was said before.
    Place place{};
};

// Named sections are the several of one kind: [Kind name], with one blank between the two.
enum class Sections : std::uint8_t { plain, named };

[[nodiscard]] std::vector<Assignment> parse_unit_text(const std::string& file,
                                                      std::string_view text,
                                                      Remarks& remarks,
                                                      Sections sections = Sections::plain);

}  // namespace penstock::config
