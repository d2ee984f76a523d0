// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/emulator/emulator_stand.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/text.h"

namespace penstock::integration {

void pause_briefly() {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

EmulatorStand::EmulatorStand(std::vector<std::string> options) : options_(std::move(options)) {
    std::string name = "/tmp/penstock-emulator-XXXXXX";
    directory_ = ::mkdtemp(name.data()) != nullptr ? name : "";
    start();
}

EmulatorStand::~EmulatorStand() {
    kill(SIGTERM);
    ::umount2(directory_.c_str(), MNT_FORCE | MNT_DETACH);
    ::rmdir(directory_.c_str());
}

void EmulatorStand::start() {
    int pipe[2] = {-1, -1};
    if (::pipe2(pipe, O_CLOEXEC) != 0) {
        return;
    }
    const Fd read_end(pipe[0]);
    Fd write_end(pipe[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(write_end.get(), STDOUT_FILENO);
        std::vector<std::string> words{"penstock-kfd-emulator",
                                       "--mount=" + directory_,
                                       "--preset=gfx90a",
                                       "--die-with-parent"};
        words.insert(words.end(), options_.begin(), options_.end());
        std::vector<char*> raw;
        for (std::string& word : words) {
            raw.push_back(word.data());
        }
        raw.push_back(nullptr);
        ::execv(EMULATOR, raw.data());
        ::_exit(127);
    }
    write_end.reset();
    char line[256] = {};
    ready_ = ::read(read_end.get(), line, sizeof(line) - 1) > 0 &&
             std::string(line) == "ready " + directory_ + "\n";
}

void EmulatorStand::kill(int signal) {
    if (pid_ > 0) {
        ::kill(pid_, signal);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

bool EmulatorStand::exists(const std::string& relative) const {
    struct stat status{};
    return ::stat((directory_ + "/" + relative).c_str(), &status) == 0;
}

std::string EmulatorStand::content(const std::string& relative) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + relative).rdbuf();
    return text.str();
}

std::uint32_t EmulatorStand::gpu_id() const {
    const std::string nodes = "sys/class/kfd/kfd/topology/nodes/";
    for (int node = 0; exists(nodes + std::to_string(node)); ++node) {
        const std::string text = content(nodes + std::to_string(node) + "/gpu_id");
        const auto id = parse_number<std::uint32_t>(trimmed(text)).value_or(0);
        if (id != 0) {
            return id;
        }
    }
    return 0;
}

bool EmulatorStand::mounted() const {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string line; std::getline(mounts, line);) {
        if (line.find(" " + directory_ + " ") != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace penstock::integration
