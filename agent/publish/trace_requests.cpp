// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/trace_requests.h"

#include <fmt/format.h>

#include "agent/publish/trace_stream.h"
#include "base/text.h"

namespace penstock::dbus {

Answer<std::uint64_t> start_trace(ManagerObject& manager,
                                  const Caller& caller,
                                  Descriptor out,
                                  const std::string& format,
                                  const NoOptions& /*options*/) {
    if (format != "chrome") {
        return refuse(
            error::invalid_args,
            fmt::format(R"(there is no format "{}": there is "chrome")", printable(format)));
    }
    return manager.surface.trace->start(caller.message(), out.number);
}

Answer<> stop_trace(ManagerObject& manager, const Caller& /*caller*/, std::uint64_t id) {
    manager.surface.trace->stop(id);
    return {};
}

}  // namespace penstock::dbus
