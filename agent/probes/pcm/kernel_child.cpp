// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pcm/kernel_child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is not in <csignal>.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "agent/probes/pcm/line_reader.h"
#include "base/fd.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock {
namespace {

// What cleaning up may take before we lose patience.
constexpr int grace_ms = 2000;

constexpr std::size_t longest_complaint = 240;

struct Pipe {
    Fd read_end{};
    Fd write_end{};
};

// Only our end never waits: the child must not find its output suddenly full.
Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make a pipe");
    }
    Pipe pipe{.read_end = Fd(ends[0]), .write_end = Fd(ends[1])};
    if (::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK) != 0) {
        return fail(errno, "make a pipe");
    }
    return pipe;
}

// Pointers to texts, ended by a null, as execve(2) wants them. Valid as long as the texts.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

struct Image {
    const char* path = nullptr;
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    int input = -1;
    int output = -1;
    int complaints = -1;
};

// Between fork() and exec() only async-signal-safe calls are allowed.
[[noreturn]] void become(const Image& image, pid_t parent) {
    ::setpgid(0, 0);
    // The kernel asks us to end when the thread that started us is gone; it may be already.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigset_t none{};
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const bool connected = ::dup2(image.input, STDIN_FILENO) >= 0 &&
                           ::dup2(image.output, STDOUT_FILENO) >= 0 &&
                           ::dup2(image.complaints, STDERR_FILENO) >= 0;
    if (connected && ::getppid() == parent) {
        // Whatever was opened without close-on-exec, by whichever library.
        ::close_range(STDERR_FILENO + 1, ~0U, 0);
        ::execve(image.path, image.arguments, image.environment);
    }
    ::_exit(127);
}

class KernelChild final : public ChildProgram {
  public:
    KernelChild(pid_t pid, Fd pidfd, Fd output, Fd complaints)
        : pid_(pid),
          pidfd_(std::move(pidfd)),
          output_(std::move(output)),
          complaints_(std::move(complaints)) {}

    KernelChild(const KernelChild&) = delete;
    KernelChild& operator=(const KernelChild&) = delete;
    ~KernelChild() override;

    std::expected<std::size_t, int> read(std::span<char> into) override;
    std::string complaint() override;

  private:
    void hear_complaints();
    void remember(std::string_view words);

    pid_t pid_;
    Fd pidfd_;
    Fd output_;
    Fd complaints_;
    LineReader lines_;
    std::string first_;
    std::string last_;
};

KernelChild::~KernelChild() {
    // The group: it may have children of its own. They share nothing with us.
    ::kill(-pid_, SIGTERM);
    pollfd gone{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    ::poll(&gone, 1, grace_ms);
    // Also what it has left behind. The group's number is not reused before waitpid().
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::expected<std::size_t, int> KernelChild::read(std::span<char> into) {
    hear_complaints();  // Else it would stop where nobody reads them.
    const ssize_t length = ::read(output_.get(), into.data(), into.size());
    if (length < 0) {
        return std::unexpected(errno);
    }
    return static_cast<std::size_t>(length);
}

void KernelChild::hear_complaints() {
    constexpr int most_pieces = 8;
    for (int piece = 0; piece < most_pieces; ++piece) {
        const auto room = lines_.room();
        const ssize_t length = ::read(complaints_.get(), room.data(), room.size());
        if (length <= 0) {
            return;
        }
        lines_.arrived(static_cast<std::size_t>(length),
                       [this](std::string_view line) { remember(trimmed(line)); });
    }
}

void KernelChild::remember(std::string_view words) {
    if (!words.empty()) {
        (first_.empty() ? first_ : last_) = printable(words, longest_complaint);
    }
}

std::string KernelChild::complaint() {
    hear_complaints();
    return last_.empty() || last_ == first_ ? first_ : first_ + " ... " + last_;
}

Result<std::string> found_in(const std::vector<std::string>& folders, const std::string& program) {
    for (const std::string& folder : folders) {
        std::string path = folder;
        path.append("/").append(program);
        if (::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return fail(ENOENT, "find " + program);
}

}  // namespace

Result<std::unique_ptr<ChildProgram>> KernelChildLauncher::start(const ChildCommand& command) {
    const auto path = found_in(folders_, command.program);
    if (!path) {
        return std::unexpected(path.error());
    }
    Result<Pipe> output = make_pipe();
    Result<Pipe> complaints = make_pipe();
    const Result<Fd> input = open_path("/dev/null", O_RDONLY);
    if (!output || !complaints || !input) {
        return fail("start " + command.program + ": no descriptors are left");
    }
    std::vector<std::string> arguments{*path};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
    environment.insert(environment.end(), command.environment.begin(), command.environment.end());
    const auto words = pointers_to(arguments);
    const auto settings = pointers_to(environment);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(errno, "start " + *path);
    }
    if (pid == 0) {
        become({.path = path->c_str(),
                .arguments = words.data(),
                .environment = settings.data(),
                .input = input->get(),
                .output = output->write_end.get(),
                .complaints = complaints->write_end.get()},
               parent);
    }
    // Both sides do it, so that the group is there whoever comes first.
    ::setpgid(pid, pid);
    Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return std::unexpected(std::move(pidfd).error());
    }
    return std::make_unique<KernelChild>(
        pid, std::move(*pidfd), std::move(output->read_end), std::move(complaints->read_end));
}

}  // namespace penstock
