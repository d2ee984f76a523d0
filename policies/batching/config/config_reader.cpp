// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/config/config_reader.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace penstock::batching {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_keys = 1000;

// Counts the lines that the parser has gone through. The parser copies it, so the count lies
// outside.
class CountedText {
  public:
    // NOLINTBEGIN(readability-identifier-naming): the standard library's names.
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    // NOLINTEND(readability-identifier-naming)

    CountedText(const char* at, std::size_t* line) : at_(at), line_(line) {}

    reference operator*() const { return *at_; }

    CountedText& operator++() {
        *line_ += *at_ == '\n' ? 1 : 0;
        ++at_;
        return *this;
    }

    CountedText operator++(int) {
        CountedText before = *this;
        ++*this;
        return before;
    }

    bool operator==(const CountedText& other) const { return at_ == other.at_; }

    bool operator!=(const CountedText& other) const { return at_ != other.at_; }

  private:
    const char* at_;
    std::size_t* line_;
};

// nlohmann's parser calls one of these for each thing it comes to; false makes it stop.
class Flattener {
  public:
    explicit Flattener(const std::size_t& line) : line_(line) {}

    // NOLINTBEGIN(readability-identifier-naming): the parser's names.
    bool null() { return add(std::monostate()); }

    bool boolean(bool truth) { return add(truth); }

    bool number_integer(Json::number_integer_t number) { return add_whole(number); }

    bool number_unsigned(Json::number_unsigned_t number) {
        return number > INT64_MAX ? add(static_cast<double>(number))
                                  : add_whole(static_cast<std::int64_t>(number));
    }

    bool number_float(Json::number_float_t number, const std::string& /*text*/) {
        return add(number);
    }

    bool string(std::string& text) { return add(text); }

    bool binary(Json::binary_t& /*bytes*/) { return refuse("bytes have no place here"); }

    bool start_object(std::size_t /*members*/) {
        if (list_) {
            return refuse("a list holds whole numbers only");
        }
        if (names_.size() == ConfigValues::most_depth) {
            return refuse("objects are nested too deeply");
        }
        if (!begun_) {
            begun_ = true;
        } else if (names_.empty()) {
            return refuse("there is something behind the object");
        }
        names_.emplace_back();
        return true;
    }

    bool key(std::string& name) {
        names_.back() = name;
        key_line_ = line_;
        const std::string its = path();
        if (std::ranges::count(seen_, its) > 0) {
            return refuse(printable(its) + " stands there twice");
        }
        if (seen_.size() == most_keys) {
            return refuse("there are too many keys");
        }
        seen_.push_back(its);
        return true;
    }

    bool end_object() {
        // An object without members is told by its name, so that a wrong name is seen.
        const bool empty = names_.back().empty();
        names_.pop_back();
        return !empty || names_.empty() || add(std::monostate());
    }

    bool start_array(std::size_t /*members*/) {
        if (names_.empty() || list_) {
            return refuse(list_ ? "a list holds whole numbers only" : "this is no object");
        }
        list_.emplace();
        return true;
    }

    bool end_array() {
        ConfigValue::Numbers numbers = list_.value_or(ConfigValue::Numbers{});
        list_.reset();
        return add(std::move(numbers));
    }

    bool parse_error(std::size_t /*position*/,
                     const std::string& /*last*/,
                     const nlohmann::detail::exception& error) {
        // "[json.exception.parse_error.101] parse error at ...: what is wrong"
        const std::string_view whole = error.what();
        const std::size_t colon = whole.find(": ");
        return refuse(
            "this is no JSON: " +
            printable(whole.substr(colon == std::string_view::npos ? 0 : colon + 2), 160));
    }

    // NOLINTEND(readability-identifier-naming)

    [[nodiscard]] const std::string& complaint() const { return complaint_; }

    std::vector<ConfigValue> take() { return std::move(values_); }

  private:
    // Also a list of many numbers is bounded: by the size of the file.
    bool add_whole(std::int64_t number) {
        if (list_) {
            list_->push_back(number);
            return true;
        }
        return add(number);
    }

    bool add(ConfigValue::Content content) {
        if (list_) {
            return refuse("a list holds whole numbers only");
        }
        if (names_.empty()) {
            return refuse("this is no object");
        }
        values_.push_back({.path = path(), .content = std::move(content), .line = key_line_});
        return true;
    }

    bool refuse(std::string sentence) {
        complaint_ = std::move(sentence);
        return false;
    }

    [[nodiscard]] std::string path() const {
        std::string all;
        for (const std::string& name : names_) {
            all += (&name == names_.data() ? "" : ".") + name;
        }
        return all;
    }

    const std::size_t& line_;
    std::size_t key_line_ = 1;
    bool begun_ = false;
    std::vector<std::string> names_{};
    std::vector<std::string> seen_{};
    std::optional<ConfigValue::Numbers> list_{};
    std::vector<ConfigValue> values_{};
    std::string complaint_{};
};

}  // namespace

Result<std::vector<ConfigValue>> read_config(std::string_view text) {
    std::size_t line = 1;
    Flattener flattener(line);
    const CountedText begin(std::to_address(text.begin()), &line);
    const CountedText end(std::to_address(text.end()), &line);
    if (!Json::sax_parse(begin, end, &flattener)) {
        return fail(std::to_string(line) + ": " + flattener.complaint());
    }
    return flattener.take();
}

Result<ConfigValue::Content> read_config_value(std::string_view text) {
    if (trimmed(text).starts_with('{')) {
        return fail("one value is wanted, no object");
    }
    const bool is_json = Json::accept(text);
    const std::string value = is_json ? std::string(text) : Json(printable(text, 4096)).dump();
    Result<std::vector<ConfigValue>> read = read_config("{\"it\":" + value + "}");
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    if (read->size() != 1 || read->front().path != "it") {
        return fail("one value is wanted, no object");
    }
    return std::move(read->front().content);
}

}  // namespace penstock::batching
