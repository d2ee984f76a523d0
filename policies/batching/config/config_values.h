// SPDX-License-Identifier: Apache-2.0
//
// Config values: a JSON object, flat: "ctl.alpha" and its value, each with its line, so that a
// sentence about a value can say where it stands.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace penstock::batching {

struct ConfigValue {
    using Numbers = std::vector<std::int64_t>;
    // Null, truth, a whole number, another number, a text, or a list of whole numbers.
    using Content = std::variant<std::monostate, bool, std::int64_t, double, std::string, Numbers>;

    std::string path{};
    Content content{};
    std::size_t line = 1;
};

class ConfigValues {
  public:
    static constexpr std::size_t most_bytes = std::size_t{1} << 20U;
    static constexpr std::size_t most_depth = 4;

    // `file` is what sentences call it; `text` has at most most_bytes.
    static Result<ConfigValues> parse(std::string file, std::string_view text);

    // "KEY=VALUE" of a command line, instead of what the file says. What is no JSON is a text.
    Result<> change(std::string_view assignment);

    [[nodiscard]] const std::vector<ConfigValue>& all() const { return values_; }

    [[nodiscard]] const ConfigValue* find(std::string_view path) const;

    // "FILE:LINE: ", of the key, or of the object where it is not in the file.
    [[nodiscard]] std::string place(std::string_view path) const;

  private:
    std::string file_{};
    std::vector<ConfigValue> values_{};
};

}  // namespace penstock::batching
