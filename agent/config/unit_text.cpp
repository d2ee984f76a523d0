// SPDX-License-Identifier: Apache-2.0

#include "agent/config/unit_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace penstock::config {
namespace {

bool is_comment(std::string_view line) {
    return line.empty() || line.front() == '#' || line.front() == ';';
}

// Names are words of letters, digits and dashes: anything else is a slip or an attempt to confuse
// whoever reads the journal.
bool is_name(std::string_view text) {
    const auto belongs = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               (each >= '0' && each <= '9') || each == '-';
    };
    return !text.empty() && std::ranges::all_of(text, belongs);
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char each) {
        const auto byte = static_cast<unsigned char>(each);
        return (byte < ' ' && each != '\t') || byte == 0x7f;
    });
}

class Parser {
  public:
    Parser(const std::string& file, Remarks& remarks, Sections sections)
        : place_{.file = file}, remarks_(remarks), sections_(sections) {}

    std::vector<Assignment> parse(std::string_view text) {
        for (const std::string_view line : split(text, '\n')) {
            ++number_;
            take(line);
        }
        finish();
        return std::move(found_);
    }

  private:
    // Comments between the parts of a continued line are no part of it.
    void take(std::string_view raw) {
        const std::string_view line = trimmed(raw);
        if (is_comment(line)) {
            if (line.empty()) {
                finish();
            }
            return;
        }
        if (!continued_) {
            place_.line = number_;
        }
        continued_ = line.back() == '\\';
        const std::string_view part = continued_ ? line.substr(0, line.size() - 1) : line;
        if (whole_.size() + part.size() <= most_line_bytes) {
            whole_.append(part);
        } else {
            too_long_ = true;
        }
        if (continued_) {
            whole_.push_back(' ');
        } else {
            finish();
        }
    }

    void finish() {
        continued_ = false;
        const std::string whole = std::exchange(whole_, {});
        const std::string_view line = trimmed(whole);
        if (std::exchange(too_long_, false)) {
            remarks_.object(
                place_, "The line is longer than " + std::to_string(most_line_bytes) + " bytes");
        } else if (has_control_characters(line)) {
            remarks_.object(place_, "The line has control characters in it");
        } else if (!line.empty()) {
            understand(line);
        }
    }

    void understand(std::string_view line) {
        if (line.front() == '[') {
            enter(line);
            return;
        }
        const std::size_t equals = line.find('=');
        const std::string_view key = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(key)) {
            remarks_.object(place_, "\"" + printable(line) + "\" is not Key=value");
        } else if (section_.empty()) {
            remarks_.object(place_, printable(key) + "= stands before the first [Section]");
        } else if (section_ != ignored) {
            found_.push_back({.section = section_,
                              .key = std::string(key),
                              .value = std::string(trimmed(line.substr(equals + 1))),
                              .place = place_});
        }
    }

    void enter(std::string_view line) {
        const std::string_view name =
            line.back() == ']' ? line.substr(1, line.size() - 2) : std::string_view();
        if (is_heading(name)) {
            section_ = name;
            return;
        }
        remarks_.object(place_, "\"" + printable(line) + "\" is not a [Section]");
        section_ = ignored;
    }

    [[nodiscard]] bool is_heading(std::string_view text) const {
        const std::size_t blank = text.find(' ');
        if (sections_ == Sections::plain || blank == std::string_view::npos) {
            return is_name(text);
        }
        return is_name(text.substr(0, blank)) && is_name(text.substr(blank + 1));
    }

    // What follows a section that nobody understood; no section is a blank.
    static constexpr std::string_view ignored = " ";

    Place place_;
    Remarks& remarks_;
    Sections sections_;
    std::uint32_t number_ = 0;
    std::string section_{};
    std::string whole_{};
    bool continued_ = false;
    bool too_long_ = false;
    std::vector<Assignment> found_{};
};

}  // namespace

std::string to_text(const Place& place) {
    return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
}

void Remarks::warn(const Place& place, std::string sentence) {
    ++warnings_;
    add(Gravity::warning, place, std::move(sentence));
}

void Remarks::object(const Place& place, std::string sentence) {
    ++errors_;
    add(Gravity::error, place, std::move(sentence));
}

void Remarks::add(Gravity gravity, const Place& place, std::string sentence) {
    if (all_.size() < most_remarks) {
        all_.push_back({.gravity = gravity, .place = place, .sentence = std::move(sentence)});
    }
}

std::vector<Assignment> parse_unit_text(const std::string& file,
                                        std::string_view text,
                                        Remarks& remarks,
                                        Sections sections) {
    if (text.size() > most_file_bytes) {
        remarks.object({.file = file},
                       "The file is longer than " + std::to_string(most_file_bytes) + " bytes");
        return {};
    }
    return Parser(file, remarks, sections).parse(text);
}

}  // namespace penstock::config
