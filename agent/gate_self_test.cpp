// SPDX-License-Identifier: Apache-2.0

#include "agent/gate_self_test.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is not in <csignal>.
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "agent/gate/real_time.h"
#include "agent/gate/seizure.h"
#include "agent/trial_lines.h"
#include "base/pidfd.h"

namespace penstock::gate {
namespace {

// A child that only waits; killed and reaped at the end.
class Sleeper {
  public:
    Sleeper() : pid_(::fork()) {
        if (pid_ == 0) {
            for (;;) {
                ::pause();
            }
        }
    }

    ~Sleeper() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    Sleeper(Sleeper&&) = delete;
    Sleeper& operator=(Sleeper&&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_;
};

std::string outcome(const Result<>& result, const char* success) {
    return result ? success : result.error().message();
}

// The child's memory is a copy of ours: the same address holds the same word.
Result<> read_memory_of(pid_t pid) {
    static const std::uint64_t word = 0x70656e73746f636b;
    std::uint64_t read = 0;
    const iovec ours{.iov_base = &read, .iov_len = sizeof(read)};
    // The kernel only reads there.
    const iovec theirs{.iov_base = const_cast<std::uint64_t*>(&word),  // NOLINT(*-const-cast)
                       .iov_len = sizeof(word)};
    if (::process_vm_readv(pid, &ours, 1, &theirs, 1, 0) != ssize_t{sizeof(read)}) {
        return fail(errno, "read another process' memory");
    }
    return read == word ? Result<>() : fail("another process' memory reads wrongly");
}

Result<> take_descriptor_of(pid_t pid) {
    const Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        return std::unexpected(pidfd.error());
    }
    const Result<Fd> copy = duplicate_from(*pidfd, STDOUT_FILENO);
    return copy ? Result<>() : std::unexpected(copy.error());
}

Result<> open_device(const std::string& path) {
    const Result<Fd> device = owned(::open(path.c_str(), O_RDWR | O_CLOEXEC), "open " + path);
    return device ? Result<>() : std::unexpected(device.error());
}

// A child is ours anyway: that it works with others too is what the capabilities say.
Result<> has_capability(int number, const char* name) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3]{};  // NOLINT(*-avoid-c-arrays): C's.
    if (::syscall(SYS_capget, &header, words) != 0) {
        return fail(errno, "read our capabilities");
    }
    const auto bit = static_cast<unsigned>(number) % 32U;
    const bool there = (words[number / 32].effective & (1U << bit)) != 0;
    return there ? Result<>() : fail(std::string(name) + " is not there");
}

}  // namespace

bool self_test(const std::string& kfd_path, int realtime) {
    TrialLines lines;
    const auto attempt = [&](const char* ability, const Result<>& result, const char* success) {
        lines.add(ability, result.has_value(), outcome(result, success));
    };
    attempt("device", open_device(kfd_path), "opens");
    attempt("capability", has_capability(CAP_SYS_PTRACE, "CAP_SYS_PTRACE"), "traces others");
    attempt("capability",
            has_capability(CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"),
            "reads the memory and the descriptors of others");
    const Result<> restores = has_capability(CAP_CHECKPOINT_RESTORE, "CAP_CHECKPOINT_RESTORE");
    TrialLines::note("capability", restores.has_value(), outcome(restores, "evicts processes"));
    const Sleeper sleeper;
    Seizure seizure;
    attempt("ptrace", seizure.seize(sleeper.pid()), "seizes a process");
    attempt("memory", read_memory_of(sleeper.pid()), "reads a process' memory");
    attempt("descriptors", take_descriptor_of(sleeper.pid()), "duplicates a process' descriptors");
    RealTime real_time;
    const Result<> raised = real_time.begin(realtime);
    TrialLines::note("real time", raised.has_value(), outcome(raised, "runs before busy programs"));
    return lines.all_well();
}

}  // namespace penstock::gate
