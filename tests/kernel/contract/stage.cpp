// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel/contract/stage.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace penstock::contract {

Stage::Stage(std::string path) : path_(std::move(path)) {
    void* const memory =
        ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("map a page");
        std::exit(1);
    }
    page_ = new (memory) Page;
}

int Stage::file() {
    if (file_.get() < 0) {
        file_ = Fd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    }
    return file_.get();
}

Subject& Stage::target() {
    if (!target_) {
        target_ = std::make_unique<Subject>(path_);
    }
    return *target_;
}

Subject& Stage::other() {
    if (!other_) {
        other_ = std::make_unique<Subject>(path_);
    }
    return *other_;
}

std::uint32_t Stage::event_pipe() {
    if (pipe_write_.get() < 0) {
        int ends[2] = {-1, -1};
        static_cast<void>(::pipe2(ends, O_CLOEXEC | O_NONBLOCK));
        pipe_read_ = Fd(ends[0]);
        pipe_write_ = Fd(ends[1]);
    }
    return static_cast<std::uint32_t>(pipe_write_.get());
}

int Stage::bytes_in_pipe() {
    int waiting = -1;
    ::ioctl(pipe_read_.get(), FIONREAD, &waiting);
    return waiting;
}

std::string said(int result) {
    if (result >= 0) {
        return std::to_string(result);
    }
    const char* const name = ::strerrorname_np(-result);
    return name != nullptr ? name : "errno " + std::to_string(-result);
}

std::string said(std::optional<int> result) {
    return result ? said(*result) : "blocks";
}

std::string joined(std::initializer_list<std::string> steps) {
    std::string text;
    for (const std::string& step : steps) {
        text += (text.empty() ? "" : ", ") + step;
    }
    return text;
}

}  // namespace penstock::contract
