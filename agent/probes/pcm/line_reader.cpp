// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pcm/line_reader.h"

#include <cstring>

namespace penstock {

std::span<char> LineReader::room() {
    return std::span(bytes_).subspan(size_);
}

void LineReader::start_anew() {
    size_ = 0;
    dropping_ = false;
}

void LineReader::keep(std::string_view rest) {
    size_ = rest.size();
    if (dropping_) {
        size_ = 0;
    } else if (size_ == bytes_.size()) {
        dropping_ = true;
        ++dropped_;
        size_ = 0;
    } else if (size_ > 0) {
        std::memmove(bytes_.data(), rest.data(), size_);
    }
}

}  // namespace penstock
