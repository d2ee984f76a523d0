// SPDX-License-Identifier: Apache-2.0
//
// Descriptor store: what the service manager keeps open for the agent while there is none.
//
// Descriptors that clients depend on outlive a restart there, under a name. systemd drops by itself
// what hangs up meanwhile, and everything when the service is stopped for good. Without a service
// manager nothing is kept, and nothing is found.

#pragma once

#include <map>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace penstock {

class DescriptorStore {
  public:
    // As many as the unit lets be kept: FileDescriptorStoreMax=.
    static constexpr std::size_t most = 512;

    // Empty, and nothing is kept.
    DescriptorStore() = default;

    // With what was kept for this program. Once in a program, and before it opens anything: the
    // numbers are the first ones, and the environment that tells of them is cleared.
    static DescriptorStore from_manager();

    // What was found under the name; none when there is nothing. The manager still keeps its own
    // copy, until forget().
    [[nodiscard]] Fd take(const std::string& name);

    // Under this name from now on, in place of what is there. A copy is kept: the descriptor stays
    // the caller's. Where nobody keeps anything this succeeds.
    [[nodiscard]] Result<> keep(const std::string& name, const Fd& descriptor) const;

    // Not kept any more.
    void forget(const std::string& name) const;

    // What nobody has taken is closed and forgotten, with a warning. After every part had its turn.
    void drop_unknown();

    // Whether there is somebody who keeps descriptors.
    [[nodiscard]] bool keeps() const { return keeps_; }

  private:
    bool keeps_ = false;
    std::map<std::string, Fd, std::less<>> found_{};
};

}  // namespace penstock
