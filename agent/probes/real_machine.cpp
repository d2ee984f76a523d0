// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/real_machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "agent/probes/perf_group.h"
#include "base/fd.h"

namespace penstock {
namespace {

class KernelFile final : public OpenFile {
  public:
    explicit KernelFile(Fd file) : file_(std::move(file)) {}

    std::expected<std::size_t, int> read(std::span<char> into) override {
        const ssize_t length = ::pread(file_.get(), into.data(), into.size(), 0);
        if (length < 0) {
            return std::unexpected(errno);
        }
        return static_cast<std::size_t>(length);
    }

  private:
    Fd file_;
};

}  // namespace

RealMachine RealMachine::below(const std::string& root) {
    RealMachine machine({.sys = root + "/sys", .proc = root + "/proc", .dev = root + "/dev"});
    machine.counters_ = false;
    return machine;
}

Result<RealMachine::Location> RealMachine::locate(const std::string& path) const {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view first = std::string_view(path).substr(0, slash);
    std::string rest = path.substr(std::min(slash + 1, path.size()));
    if (first == "sys") {
        return Location{.tree = Tree(roots_.sys), .relative = std::move(rest)};
    }
    if (first == "proc") {
        return Location{.tree = Tree(roots_.proc), .relative = std::move(rest)};
    }
    if (first == "dev") {
        return Location{.tree = Tree(roots_.dev), .relative = std::move(rest)};
    }
    return fail(ENOENT, "look up " + path);
}

Result<std::vector<std::string>> RealMachine::list(const std::string& path) {
    const Result<Location> at = locate(path);
    return at ? at->tree.list(at->relative) : std::unexpected(at.error());
}

Result<std::string> RealMachine::read(const std::string& path, std::size_t limit) {
    const Result<Location> at = locate(path);
    return at ? at->tree.read(at->relative, limit) : std::unexpected(at.error());
}

Result<std::string> RealMachine::link(const std::string& path) {
    const Result<Location> at = locate(path);
    if (!at) {
        return std::unexpected(at.error());
    }
    const std::string name = at->tree.path(at->relative);
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(name.c_str(), target.data(), target.size());
    if (length < 0) {
        return fail(errno, "read the link " + name);
    }
    return std::string(target.data(), static_cast<std::size_t>(length));
}

Result<std::unique_ptr<OpenFile>> RealMachine::open(const std::string& path) {
    const Result<Location> at = locate(path);
    if (!at) {
        return std::unexpected(at.error());
    }
    // A pipe in sysfs's place must not stop us.
    Result<Fd> file = open_path(at->tree.path(at->relative), O_RDONLY | O_NONBLOCK);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    return std::make_unique<KernelFile>(std::move(*file));
}

Result<std::unique_ptr<CounterGroup>> RealMachine::open_counters(std::span<const PerfEvent> events,
                                                                 int cpu) {
    if (!counters_) {
        return fail("counters of another machine can not be opened");
    }
    return open_perf_group(events, cpu);
}

}  // namespace penstock
