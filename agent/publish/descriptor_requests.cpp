// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/descriptor_requests.h"

#include <fmt/format.h>

#include "agent/publish/metric_streams.h"
#include "agent/publish/state_text.h"
#include "base/sealed_file.h"

namespace penstock::dbus {
Answer<Fd> open_metrics_stream(ManagerObject& manager,
                               const Caller& /*caller*/,
                               const std::string& format,
                               std::uint64_t interval_usec,
                               const NoOptions& /*options*/) {
    const Surface& surface = manager.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    const std::optional<StreamFormat> known = stream_format(format);
    return known ? surface.streams->open(*uid, interval_usec, *known)
                 : refuse(error::invalid_args, no_stream_format(format));
}

Answer<Fd> dump_state(ManagerObject& manager, const Caller& /*caller*/) {
    Surface& surface = manager.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    if (!surface.is_own(*uid) && !surface.dumps.take(*uid, surface.now)) {
        return refuse(
            error::limits_exceeded,
            fmt::format("uid {} asks for the state too often: one in {} s is given, and "
                        "{} at once",
                        *uid,
                        std::chrono::duration_cast<std::chrono::seconds>(dumps_apart).count(),
                        dumps_at_once));
    }
    Result<Fd> file = sealed_file("penstock-state", state_text(surface));
    if (!file) {
        return refuse(file.error());
    }
    return *std::move(file);
}

}  // namespace penstock::dbus
