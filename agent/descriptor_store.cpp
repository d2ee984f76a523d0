// SPDX-License-Identifier: Apache-2.0

#include "agent/descriptor_store.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <span>

#include "base/journal.h"
#include "base/text.h"

namespace penstock {
namespace {

// As systemd.exec(5) has it: otherwise the manager would store it as "stored".
constexpr std::size_t longest_name = 255;

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

// Of libc's making: each string, and the list.
class Names {
  public:
    ~Names() {
        for (char* name : std::span(list_, list_ != nullptr ? count_ : 0)) {
            std::free(name);  // NOLINT(*-no-malloc,*-owning-memory)
        }
        std::free(static_cast<void*>(list_));  // NOLINT(*-no-malloc,*-owning-memory)
    }

    Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    Names(Names&&) = delete;
    Names& operator=(Names&&) = delete;

    std::span<char*> read() {
        const int found = sd_listen_fds_with_names(1, &list_);
        count_ = found > 0 ? static_cast<std::size_t>(found) : 0;
        return {list_, count_};
    }

  private:
    char** list_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace

DescriptorStore DescriptorStore::from_manager() {
    DescriptorStore store;
    store.keeps_ = std::getenv("NOTIFY_SOCKET") != nullptr;  // NOLINT(*-mt-unsafe): one thread yet.
    Names names;
    int number = SD_LISTEN_FDS_START;
    for (const char* name : names.read()) {
        Fd descriptor(number++);
        // Of copies under one name the last one is the newest.
        store.found_.insert_or_assign(name, std::move(descriptor));
    }
    return store;
}

Fd DescriptorStore::take(const std::string& name) {
    const auto node = found_.extract(name);
    return node ? std::move(node.mapped()) : Fd();
}

Result<> DescriptorStore::keep(const std::string& name, const Fd& descriptor) const {
    if (!is_name(name)) {
        return fail(EINVAL, "keep a descriptor as \"" + printable(name, longest_name) + '"');
    }
    if (!keeps_) {
        return {};
    }
    // A second one of the same name would lie beside the first, and both would come back.
    forget(name);
    const int number = descriptor.get();
    const int sent =
        sd_pid_notify_with_fds(0, 0, ("FDSTORE=1\nFDNAME=" + name).c_str(), &number, 1);
    return sent < 0 ? fail(-sent, "have the service manager keep " + name) : Result<>{};
}

void DescriptorStore::forget(const std::string& name) const {
    if (keeps_ && is_name(name)) {
        sd_notify(0, ("FDSTOREREMOVE=1\nFDNAME=" + name).c_str());
    }
}

void DescriptorStore::drop_unknown() {
    for (const auto& [name, descriptor] : std::exchange(found_, {})) {
        journal(Severity::warning,
                "the service manager has kept a descriptor that nobody knows; it is dropped: " +
                    printable(name, longest_name));
        forget(name);
    }
}

}  // namespace penstock
