// SPDX-License-Identifier: Apache-2.0

#include "tests/bus_fuzz/call_maker.h"

#include <array>
#include <bit>
#include <limits>

namespace penstock::bus_fuzz {
namespace {

constexpr int deepest = 8;
constexpr std::size_t longest_array = 40;

// "{sv}" or "(iu)" or "as" at the beginning of the text.
std::string first_type(const char* signature) {
    std::size_t length = 0;
    while (signature[length] == 'a') {
        ++length;
    }
    int open = 0;
    do {
        open += signature[length] == '(' || signature[length] == '{' ? 1 : 0;
        open -= signature[length] == ')' || signature[length] == '}' ? 1 : 0;
        ++length;
    } while (open > 0);
    return {signature, length};
}

}  // namespace

std::uint64_t CallMaker::number() {
    constexpr std::array<std::uint64_t, 14> edges{0,
                                                  1,
                                                  2,
                                                  19,
                                                  20,
                                                  21,
                                                  255,
                                                  60'000'000,
                                                  60'000'001,
                                                  4'194'304,
                                                  std::numeric_limits<std::int32_t>::max(),
                                                  std::numeric_limits<std::uint32_t>::max(),
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::uint64_t>::max()};
    switch (below(4)) {
        case 0:
            return preferred_;
        case 1:
            return random_();
        case 2:
            return -edges.at(below(edges.size()));
        default:
            return edges.at(below(edges.size()));
    }
}

std::string CallMaker::text() {
    static const std::array<std::string, 19> odd{"",
                                                 "fixed-priority",
                                                 "observe-only",
                                                 "debug",
                                                 "console",
                                                 "jsonl",
                                                 "batch",
                                                 "Weight",
                                                 "Class",
                                                 "DeadlineUSec",
                                                 "CostUSec",
                                                 "DramMaxBytesPerSecond",
                                                 "a\nb",
                                                 "\x1b[2J\x07",
                                                 "\"}]},{",
                                                 "../../etc/passwd",
                                                 "%n%s%d",
                                                 "\u202e\u0000x",
                                                 "\U0001F600"};
    switch (below(4)) {
        case 0:
            return std::string(below(2000), static_cast<char>('a' + below(26)));
        case 1: {
            std::string noise(below(64), ' ');
            for (char& each : noise) {
                each = static_cast<char>(1 + below(126));
            }
            return noise;
        }
        default:
            return odd.at(below(odd.size()));
    }
}

std::string CallMaker::any_signature() {
    static const std::array<std::string, 12> some{
        "", "s", "i", "u", "t", "a{sv}", "as", "av", "(iu)", "ui", "uia{sv}", "aaaas"};
    return some.at(below(some.size()));
}

int CallMaker::append_basic(sd_bus_message* message, char type) {
    const std::uint64_t value = number();
    if (type == 's') {
        return sd_bus_message_append_basic(message, type, text().c_str());
    }
    if (type == 'o') {
        return sd_bus_message_append_basic(message, type, "/org/penstock1/process/1");
    }
    if (type == 'g') {
        return sd_bus_message_append_basic(message, type, any_signature().c_str());
    }
    if (type == 'h') {
        // Ourselves as a process, which registrations take; or what is none.
        const int standard_error = 2;
        const int number = self_ && below(2) == 0 ? self_.get() : standard_error;
        return sd_bus_message_append_basic(message, type, &number);
    }
    if (type == 'b') {
        const int boolean = static_cast<int>(value & 1U);
        return sd_bus_message_append_basic(message, type, &boolean);
    }
    if (type == 'd') {
        const double real =
            below(2) == 0 ? std::bit_cast<double>(value) : static_cast<double>(value);
        return sd_bus_message_append_basic(message, type, &real);
    }
    return sd_bus_message_append_basic(message, type, &value);  // Its first bytes, on this machine.
}

int CallMaker::append_variant(sd_bus_message* message) {
    const std::string inside =
        depth_ > deepest / 2 ? "s" : first_type((any_signature() + "s").c_str());
    int result = sd_bus_message_open_container(message, 'v', inside.c_str());
    result = result < 0 ? result : append_all(message, inside);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

int CallMaker::append_array(sd_bus_message* message, const std::string& element) {
    int result = sd_bus_message_open_container(message, 'a', element.c_str());
    const std::size_t count = depth_ > 2 ? 1 : below(longest_array);
    for (std::size_t i = 0; i < count && result >= 0; ++i) {
        result = append_all(message, element);
    }
    return result < 0 ? result : sd_bus_message_close_container(message);
}

// Takes one complete type from the signature.
int CallMaker::append(sd_bus_message* message, const char*& signature) {
    const std::string type = first_type(signature);
    signature += type.size();
    if (++depth_ > deepest) {
        --depth_;
        return -ELOOP;
    }
    int result = 0;
    const std::string inside = type.size() > 2 ? type.substr(1, type.size() - 2) : "";
    switch (type.front()) {
        case 'a':
            result = append_array(message, type.substr(1));
            break;
        case 'v':
            result = append_variant(message);
            break;
        case '(':
        case '{':
            result = sd_bus_message_open_container(
                message, type.front() == '(' ? 'r' : 'e', inside.c_str());
            result = result < 0 ? result : append_all(message, inside);
            result = result < 0 ? result : sd_bus_message_close_container(message);
            break;
        default:
            result = append_basic(message, type.front());
    }
    --depth_;
    return result;
}

int CallMaker::append_all(sd_bus_message* message, const std::string& signature) {
    const char* rest = signature.c_str();
    int result = 0;
    while (*rest != '\0' && result >= 0) {
        result = append(message, rest);
    }
    return result;
}

dbus::Message CallMaker::make(const Member& member) {
    const bool wild = below(10) == 0;
    const std::string path =
        wild && below(2) == 0 ? member.path + "/" + std::to_string(below(9)) : member.path;
    const std::string name = wild && below(3) == 0 ? member.name + "X" : member.name;
    const std::string signature = wild ? any_signature() : member.signature;
    const bool write = member.property && below(3) != 0;
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        bus_,
        &raw,
        service_.c_str(),
        path.c_str(),
        member.property ? "org.freedesktop.DBus.Properties" : member.interface.c_str(),
        !member.property ? name.c_str() : (write ? "Set" : "Get"));
    dbus::Message message(raw);
    if (member.property) {
        result = result < 0
                     ? result
                     : sd_bus_message_append(raw, "ss", member.interface.c_str(), name.c_str());
    }
    if (member.property && write) {
        const std::string value = signature.empty() ? "s" : first_type(signature.c_str());
        result = result < 0 ? result : sd_bus_message_open_container(raw, 'v', value.c_str());
        result = result < 0 ? result : append_all(raw, value);
        result = result < 0 ? result : sd_bus_message_close_container(raw);
    } else if (!member.property) {
        result = result < 0 ? result : append_all(raw, signature);
    }
    return result < 0 ? nullptr : std::move(message);
}

}  // namespace penstock::bus_fuzz
