// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/polled_text.h"

#include <algorithm>
#include <cerrno>

namespace penstock {

Result<PolledText> PolledText::open(Machine& machine, const std::string& path, std::size_t limit) {
    auto file = machine.open(path);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    return PolledText(std::move(*file), limit);
}

std::expected<std::string_view, int> PolledText::read_beginning() {
    const auto length = file_->read(bytes_);
    if (!length) {
        return std::unexpected(length.error());
    }
    const std::string_view text(bytes_.data(), std::min(*length, bytes_.size()));
    return text.substr(0, text.find('\0'));
}

std::expected<std::string_view, int> PolledText::read() {
    const auto length = file_->read(bytes_);
    if (!length) {
        return std::unexpected(length.error());
    }
    if (*length >= bytes_.size()) {
        return std::unexpected(EFBIG);
    }
    const std::string_view text(bytes_.data(), *length);
    return text.substr(0, text.find('\0'));
}

}  // namespace penstock
