// SPDX-License-Identifier: Apache-2.0

#include "sim/record/record_text.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <streambuf>
#include <string_view>

namespace penstock::sim {
namespace {

constexpr std::string_view head_of_decisions = R"({"penstock_decisions")";

// A stream whose beginning was read already, and is given again: a pipe can not go back.
class Rejoined final : public std::streambuf {
  public:
    explicit Rejoined(std::unique_ptr<std::istream> rest) : rest_(std::move(rest)) {
        rest_->read(chunk_.data(), static_cast<std::streamsize>(head_of_decisions.size()));
        give(rest_->gcount());
    }

    [[nodiscard]] std::string_view beginning() const { return {gptr(), egptr()}; }

  private:
    int_type underflow() override {
        rest_->read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
        give(rest_->gcount());
        return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
    }

    void give(std::streamsize count) { setg(chunk_.data(), chunk_.data(), chunk_.data() + count); }

    std::unique_ptr<std::istream> rest_;
    std::array<char, 65536> chunk_{};
};

// An istream does not own what it reads from.
class RejoinedStream final : public std::istream {
  public:
    explicit RejoinedStream(std::unique_ptr<Rejoined> joined)
        : std::istream(joined.get()), joined_(std::move(joined)) {}

  private:
    std::unique_ptr<Rejoined> joined_;
};

Result<std::unique_ptr<std::istream>> opened(const std::string& file) {
    if (file == "-") {
        return std::make_unique<std::istream>(std::cin.rdbuf());
    }
    auto text = std::make_unique<std::ifstream>(file, std::ios::binary);
    if (!*text) {
        return fail(errno, "open " + file);
    }
    return text;
}

}  // namespace

Result<RecordText> open_record(const std::string& file) {
    Result<std::unique_ptr<std::istream>> text = opened(file);
    if (!text) {
        return std::unexpected(std::move(text).error());
    }
    auto joined = std::make_unique<Rejoined>(std::move(*text));
    const bool of_decisions = joined->beginning() == head_of_decisions;
    return RecordText{.text = std::make_unique<RejoinedStream>(std::move(joined)),
                      .of_decisions = of_decisions};
}

}  // namespace penstock::sim
