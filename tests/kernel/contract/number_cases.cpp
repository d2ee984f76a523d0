// SPDX-License-Identifier: Apache-2.0
//
// Every number, known and unknown, with right and wrong sizes, types, directions and pointers.

#include <fmt/format.h>
#include <linux/ioctl.h>

#include <algorithm>
#include <array>

#include "tests/kernel/contract/stage.h"

namespace penstock::contract {

namespace {

constexpr unsigned numbers = 0x31;  // Ten more than there are.
constexpr unsigned both = _IOC_READ | _IOC_WRITE;
constexpr unsigned long_bytes = 600;  // More than any call takes.

// Argument sizes of Linux 6.12, by number.
constexpr std::array<unsigned, 0x27> sizes{0,  8,  96, 8,  32, 40, 400, 24, 32, 8,  8,  8,  24,
                                           8,  8,  16, 16, 16, 40, 24,  16, 8,  40, 8,  24, 24,
                                           16, 24, 32, 24, 16, 8,  24,  4,  56, 16, 16, 16, 32};

unsigned size_of(unsigned number) {
    return number < sizes.size() ? sizes.at(number) : 16;
}

struct Variant {
    const char* name;
    unsigned direction = both;
    unsigned type = kfd::ioctl_type;
    unsigned char fill = 0;
    bool bad_pointer = false;
    unsigned (*bytes)(unsigned right) = [](unsigned right) { return right; };
};

const std::array variants{
    Variant{.name = "zeros"},
    Variant{.name = "ones", .fill = 0xff},
    Variant{.name = "small_numbers", .fill = 1},
    Variant{.name = "empty", .bytes = [](unsigned) { return 0U; }},
    Variant{.name = "half", .bytes = [](unsigned right) { return right / 2; }},
    Variant{.name = "long", .bytes = [](unsigned) { return long_bytes; }},
    Variant{.name = "other_type", .type = 'X'},
    Variant{.name = "no_direction", .direction = _IOC_NONE},
    Variant{.name = "write_only", .direction = _IOC_WRITE},
    Variant{.name = "read_only", .direction = _IOC_READ, .fill = 1},
    Variant{.name = "bad_pointer", .bad_pointer = true},
};

std::string play(Stage& stage, unsigned number, const Variant& variant) {
    const unsigned bytes = variant.bytes(size_of(number));
    std::array<unsigned char, long_bytes> argument{};
    argument.fill(variant.fill);
    const std::array<unsigned char, long_bytes> before = argument;
    void* const where =
        variant.bad_pointer ? reinterpret_cast<void*>(bad_address) : argument.data();
    const unsigned long request = _IOC(variant.direction, variant.type, number, bytes);
    const int result = ioctl_result(stage.file(), request, where);
    // Which bytes changed says what is an output; their values may be times and addresses.
    const auto first = std::ranges::mismatch(argument, before).in1 - argument.begin();
    const bool changed = static_cast<std::size_t>(first) < argument.size();
    return said(result) + (changed ? fmt::format(" writes from byte {}", first) : "");
}

}  // namespace

Cases number_cases() {
    Cases cases;
    cases.reserve(numbers * variants.size());
    for (unsigned number = 0; number < numbers; ++number) {
        for (const Variant& variant : variants) {
            cases.push_back(
                {fmt::format("number_{:02x}.{}", number, variant.name),
                 [number, variant](Stage& stage) { return play(stage, number, variant); }});
        }
    }
    return cases;
}

}  // namespace penstock::contract
