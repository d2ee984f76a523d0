// SPDX-License-Identifier: Apache-2.0
//
// The text that configures VendorIoctl.

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "kmod-helpers/vendor_ioctl.h"

namespace penstock::kfd {
namespace {

constexpr std::size_t longest_spec = 512;
constexpr std::size_t field_bytes = sizeof(std::uint32_t);

// Numbers that published drivers use.
constexpr std::uint32_t first_upstream = 0x01;
constexpr std::uint32_t last_upstream = 0x28;
constexpr std::uint32_t first_of_package = 0x80;
constexpr std::uint32_t last_of_package = 0x87;
constexpr std::uint32_t last_number = 0xff;

using Words = std::map<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 9> keys = {"preempt",
                                                  "resume",
                                                  "size",
                                                  "queue_id",
                                                  "pid",
                                                  "preempt_type",
                                                  "timeout_ms",
                                                  "flags",
                                                  "override"};

std::string key_list() {
    std::string list;
    for (const std::string_view key : keys) {
        list.append(list.empty() ? "" : ", ").append(key);
    }
    return list;
}

Result<Words> words_of(std::string_view spec) {
    if (spec.size() > longest_spec) {
        return fail("it is longer than " + std::to_string(longest_spec) + " characters");
    }
    Words words;
    for (const std::string_view word : split(spec, ',')) {
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos) {
            return fail("\"" + printable(word) + "\" is not KEY=VALUE");
        }
        const std::string_view key = word.substr(0, equals);
        if (std::ranges::find(keys, key) == keys.end()) {
            return fail("there is no key \"" + printable(key) + "\", expected one of " +
                        key_list());
        }
        if (!words.emplace(key, word.substr(equals + 1)).second) {
            return fail(std::string(key) + " is given twice");
        }
    }
    return words;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    if (text.starts_with("0x")) {
        return parse_number<std::uint32_t>(text.substr(2), 16);
    }
    return parse_number<std::uint32_t>(text);
}

Result<std::uint32_t> number_at(const Words& words, std::string_view key) {
    const auto word = words.find(key);
    if (word == words.end()) {
        return fail(std::string(key) + " is missing");
    }
    if (const auto number = number_in(word->second)) {
        return *number;
    }
    return fail(std::string(key) + " is \"" + printable(word->second) +
                "\", expected a number such as 24 or 0x18");
}

bool within(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
    return first <= number && number <= last;
}

Result<std::uint32_t> request_number(const Words& words, std::string_view key) {
    Result<std::uint32_t> number = number_at(words, key);
    if (!number) {
        return number;
    }
    const std::string found = std::string(key) + " is " + std::to_string(*number);
    if (*number > last_number) {
        return fail(found + ", expected 0 to 255");
    }
    if (within(*number, first_upstream, last_upstream)) {
        return fail(found + ", which Linux uses itself (1 to 40)");
    }
    if (within(*number, first_of_package, last_of_package) && !words.contains("override")) {
        return fail(found +
                    ", which AMD's own driver packages use (128 to 135); override=yes insists");
    }
    return number;
}

// The fields of the argument, none of which may share a byte with another.
class Fields {
  public:
    Fields(const Words& words, std::size_t size) : words_(words), size_(size) {}

    Result<std::size_t> place(std::string_view key, std::string_view text) {
        const auto offset = number_in(text);
        if (!offset || *offset % field_bytes != 0 || *offset > size_ - field_bytes) {
            return fail(std::string(key) + " lies at \"" + printable(text) +
                        "\", expected a multiple of 4 within the " + std::to_string(size_) +
                        " bytes");
        }
        const auto [other, is_new] = taken_.emplace(*offset, key);
        if (!is_new) {
            return fail(std::string(key) + " and " + std::string(other->second) +
                        " both lie at byte " + std::to_string(*offset));
        }
        return *offset;
    }

    Result<std::optional<VendorIoctl::Constant>> constant(std::string_view key) {
        const auto word = words_.find(key);
        if (word == words_.end()) {
            return std::nullopt;
        }
        const std::size_t colon = word->second.find(':');
        const auto value = colon == std::string_view::npos
                               ? std::nullopt
                               : number_in(word->second.substr(colon + 1));
        if (!value) {
            return fail(std::string(key) + " is \"" + printable(word->second) +
                        "\", expected OFFSET:VALUE such as 8:100");
        }
        const Result<std::size_t> offset = place(key, word->second.substr(0, colon));
        if (!offset) {
            return std::unexpected(offset.error());
        }
        return VendorIoctl::Constant{.offset = *offset, .value = *value};
    }

  private:
    const Words& words_;
    std::size_t size_;
    std::map<std::uint32_t, std::string_view> taken_;  // By offset.
};

Result<> read_numbers(const Words& words, VendorIoctl& layout) {
    const auto insists = words.find("override");
    if (insists != words.end() && insists->second != "yes") {
        return fail("override is \"" + printable(insists->second) + "\", expected yes or nothing");
    }
    const Result<std::uint32_t> preempt = request_number(words, "preempt");
    if (!preempt) {
        return std::unexpected(preempt.error());
    }
    const Result<std::uint32_t> resume = request_number(words, "resume");
    if (!resume) {
        return std::unexpected(resume.error());
    }
    if (*preempt == *resume) {
        return fail("preempt and resume are both " + std::to_string(*preempt));
    }
    layout.preempt = *preempt;
    layout.resume = *resume;
    return {};
}

Result<> read_size(const Words& words, VendorIoctl& layout) {
    const Result<std::uint32_t> size = number_at(words, "size");
    if (!size) {
        return std::unexpected(size.error());
    }
    if (*size % field_bytes != 0 || !within(*size, 2 * field_bytes, longest_vendor_argument)) {
        return fail("size is " + std::to_string(*size) + ", expected a multiple of 4 from 8 to " +
                    std::to_string(longest_vendor_argument));
    }
    layout.size = *size;
    return {};
}

Result<> read_address(const Words& words, Fields& fields, VendorIoctl& layout) {
    if (!words.contains("queue_id")) {
        return fail("queue_id is missing: nothing else says which queue is meant");
    }
    if (!words.contains("pid")) {
        return fail(
            "pid is missing: a request that can not name another process only reaches the "
            "caller's own queues");
    }
    const Result<std::size_t> queue = fields.place("queue_id", words.at("queue_id"));
    if (!queue) {
        return std::unexpected(queue.error());
    }
    const Result<std::size_t> pid = fields.place("pid", words.at("pid"));
    if (!pid) {
        return std::unexpected(pid.error());
    }
    layout.queue_offset = *queue;
    layout.pid_offset = *pid;
    return {};
}

Result<> read_constants(Fields& fields, VendorIoctl& layout) {
    const std::array<std::pair<std::string_view, std::optional<VendorIoctl::Constant>*>, 3> wanted =
        {{{"preempt_type", &layout.preempt_type},
          {"timeout_ms", &layout.timeout_ms},
          {"flags", &layout.flags}}};
    for (const auto& [key, into] : wanted) {
        auto constant = fields.constant(key);
        if (!constant) {
            return std::unexpected(std::move(constant).error());
        }
        *into = *std::move(constant);
    }
    return {};
}

Result<VendorIoctl> read_spec(std::string_view spec) {
    const Result<Words> words = words_of(spec);
    if (!words) {
        return std::unexpected(words.error());
    }
    VendorIoctl layout;
    Result<> read = read_numbers(*words, layout);
    if (read) {
        read = read_size(*words, layout);
    }
    Fields fields(*words, layout.size);
    if (read) {
        read = read_address(*words, fields, layout);
    }
    if (read) {
        read = read_constants(fields, layout);
    }
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return layout;
}

}  // namespace

Result<VendorIoctl> VendorIoctl::parse(std::string_view spec) {
    Result<VendorIoctl> layout = read_spec(spec);
    if (!layout) {
        return fail(std::move(layout).error(), "the vendor's requests");
    }
    return layout;
}

}  // namespace penstock::kfd
