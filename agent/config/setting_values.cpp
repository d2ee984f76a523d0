// SPDX-License-Identifier: Apache-2.0
//
// How the values of settings are read, shown and described, by the kind of their targets.

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "agent/config/settings.h"
#include "agent/config/values.h"
#include "base/text.h"

namespace penstock::config {
namespace {

// "2%" or "0.5%".
Result<double> parse_share(std::string_view text, double least, double most) {
    const std::string_view number = text.ends_with('%') ? text.substr(0, text.size() - 1) : "";
    double percent = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), percent);
    const bool whole = error == std::errc() && end == number.data() + number.size();
    if (!whole || !std::isfinite(percent) || percent < least * 100 || percent > most * 100) {
        return fail(fmt::format(
            "\"{}\" is not a share from {}% to {}%", printable(text), least * 100, most * 100));
    }
    return percent / 100;
}

struct Setter {
    Settings& settings;
    std::string_view text;

    Result<> operator()(bool Settings::* member) const {
        return store(parse_boolean(text), settings.*member);
    }

    Result<> operator()(const IntegerTarget& target) const {
        return store(parse_integer(text, target.least, target.most), settings.*target.member);
    }

    Result<> operator()(const SpanTarget& target) const {
        Result<Duration> span = parse_time_span(text);
        if (span && (*span < target.least || *span > target.most)) {
            return fail(fmt::format("\"{}\" is not a time span from {} to {}",
                                    printable(text),
                                    to_text(target.least),
                                    to_text(target.most)));
        }
        return store(std::move(span), settings.*target.member);
    }

    Result<> operator()(const ShareTarget& target) const {
        return store(parse_share(text, target.least, target.most), settings.*target.member);
    }

    Result<> operator()(const TextTarget& target) const {
        std::string value(text);
        Result<> checked = target.check(value);
        if (checked) {
            settings.*target.member = std::move(value);
        }
        return checked;
    }

    Result<> operator()(std::vector<std::string> Settings::* member) const {
        std::vector<std::string> words;
        const Result<> parsed = store(parse_words(text), words);
        std::vector<std::string>& list = settings.*member;
        list.insert(list.end(), words.begin(), words.end());
        return parsed;
    }

    Result<> operator()(std::optional<BytesPerSecond> Settings::* member) const {
        // Slower than any memory, and faster than any: a value in another unit was meant.
        constexpr BytesPerSecond least{1'000'000};
        constexpr BytesPerSecond most{1'000'000'000'000'000};
        Result<BytesPerSecond> rate = parse_bandwidth(text);
        if (rate && (*rate < least || *rate > most)) {
            return fail(fmt::format("\"{}\" is not a bandwidth from {} to {} bytes per second",
                                    printable(text),
                                    to_text(least),
                                    to_text(most)));
        }
        if (!rate) {
            return std::unexpected(std::move(rate).error());
        }
        settings.*member = *rate;
        return {};
    }

    Result<> operator()(const PolicySetting* setting) const {
        return read_setting(*setting, text, settings.policy_settings);
    }
};

struct Resetter {
    Settings& settings;

    template <typename T>
    void operator()(T Settings::* member) const {
        settings.*member = Settings().*member;
    }

    template <typename T>
    void operator()(const T& target) const {
        settings.*target.member = Settings().*target.member;
    }

    void operator()(const PolicySetting* setting) const {
        reset_setting(*setting, settings.policy_settings);
    }
};

struct Shower {
    const Settings& settings;

    std::string operator()(bool Settings::* member) const {
        return settings.*member ? "yes" : "no";
    }

    std::string operator()(const IntegerTarget& target) const {
        return std::to_string(settings.*target.member);
    }

    std::string operator()(const SpanTarget& target) const {
        return to_text(settings.*target.member);
    }

    std::string operator()(const ShareTarget& target) const {
        return fmt::format("{:.6g}%", settings.*target.member * 100);
    }

    std::string operator()(const TextTarget& target) const { return settings.*target.member; }

    std::string operator()(std::vector<std::string> Settings::* member) const {
        return to_text(settings.*member);
    }

    std::string operator()(std::optional<BytesPerSecond> Settings::* member) const {
        const auto& rate = settings.*member;
        return rate ? to_text(*rate) : std::string();
    }

    std::string operator()(const PolicySetting* setting) const {
        return text_of(*setting, settings.policy_settings);
    }
};

struct Former {
    std::string operator()(bool Settings::* /*member*/) const { return "yes or no"; }

    std::string operator()(const IntegerTarget& target) const {
        return fmt::format("a number from {} to {}", target.least, target.most);
    }

    std::string operator()(const SpanTarget& target) const {
        return fmt::format(
            "a time span from {} to {}", to_text(target.least), to_text(target.most));
    }

    std::string operator()(const ShareTarget& target) const {
        return fmt::format("a share from {}% to {}%", target.least * 100, target.most * 100);
    }

    std::string operator()(const TextTarget& /*target*/) const { return "a text"; }

    std::string operator()(std::vector<std::string> Settings::* /*member*/) const {
        return "words, added to those before";
    }

    std::string operator()(std::optional<BytesPerSecond> Settings::* /*member*/) const {
        return "bytes per second, with K, M, G or T";
    }

    std::string operator()(const PolicySetting* setting) const {
        return penstock::form_of(*setting);
    }
};

}  // namespace

std::string form_of(const Key& key) {
    return std::visit(Former(), key.target);
}

std::string value_of(const Key& key, const Settings& settings) {
    return std::visit(Shower{.settings = settings}, key.target);
}

Result<> set(const Key& key, std::string_view text, Settings& settings) {
    if (text.empty()) {
        std::visit(Resetter{.settings = settings}, key.target);
        return {};
    }
    return std::visit(Setter{.settings = settings, .text = text}, key.target);
}

}  // namespace penstock::config
