// SPDX-License-Identifier: Apache-2.0
//
// System ports: the emulated driver's clients as Linux shows them to a privileged process.

#pragma once

#include "base/tree.h"
#include "kmod-helpers/emulator/driver/ports.h"

namespace penstock::emulator {

// A page that somebody must bring first (a userfaultfd, a slow file) delays all clients, because
// the devices look at their rings one after the other. Real hardware would fault on such a ring.
class SystemMemory final : public ClientMemory {
  public:
    bool read(std::uint32_t tgid, std::uint64_t address, std::span<std::byte> into) override;
    bool write(std::uint32_t tgid, std::uint64_t address, std::span<const std::byte> from) override;
    std::size_t read_words(std::uint32_t tgid,
                           std::span<const std::uint64_t> addresses,
                           std::span<std::uint64_t> into) override;
};

class SystemTasks final : public Tasks {
  public:
    explicit SystemTasks(Tree proc) : proc_(std::move(proc)) {}

    std::optional<TaskStatus> status(std::uint32_t tid) override;
    bool belongs_to(std::uint32_t tid, std::uint32_t tgid) override;
    bool has_capability(std::uint32_t tid, unsigned capability) override;
    bool is_32_bit(std::uint32_t tid) override;
    bool is_being_killed(std::uint32_t tid) override;

  private:
    // A line of hexadecimal digits in the thread's status; 0 when it is gone.
    [[nodiscard]] std::uint64_t mask_of(std::uint32_t tid, std::string_view key) const;
    [[nodiscard]] std::string user_namespace(const std::string& task) const;

    Tree proc_;
};

class SystemFiles final : public CallerFiles {
  public:
    std::unique_ptr<EventPipe> take(std::uint32_t tgid, std::uint32_t number) override;
};

}  // namespace penstock::emulator
