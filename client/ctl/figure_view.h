// SPDX-License-Identifier: Apache-2.0
//
// Figure view: one measured member of an object, with where it comes from.

#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace penstock::ctl {

// How the bus spells that a figure is unknown: the largest number, a negative one, or no number.
enum class FigureKind : std::uint8_t { amount, ratio, celsius };

// A member of an interface, and its key in JSON: the same words, with the unit last.
struct FigureName {
    const char* member;
    const char* key;
    FigureKind kind;
};

struct FigureView {
    std::string key{};
    std::optional<std::variant<std::uint64_t, double>> value{};
    std::string confidence{};  // "" while it is unknown.
    std::string source{};      // Or why it is unknown.
};

[[nodiscard]] std::span<const FigureName> memory_figures();
[[nodiscard]] std::span<const FigureName> gpu_figures();
[[nodiscard]] std::span<const FigureName> process_figures();
[[nodiscard]] std::span<const FigureName> package_figures();

// One for each name, in their order; `members` is what the bus says of the object.
[[nodiscard]] std::vector<FigureView> figures_from(const nlohmann::json& members,
                                                   std::span<const FigureName> names);

// Null when there is none of that key, so that unknown and never heard of look the same.
[[nodiscard]] const FigureView* find_figure(const std::vector<FigureView>& figures,
                                            std::string_view key);

// Adds the figures under their keys, null for unknown, and "origins" with their sources.
void add_figures(const std::vector<FigureView>& figures, nlohmann::json& into);

}  // namespace penstock::ctl
