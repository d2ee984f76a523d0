// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/agent_requests.h"

#include "agent/publish/announcer.h"
#include "base/text.h"

namespace penstock::dbus {

Answer<> enable_preemption(ManagerObject& manager, const Caller& caller, bool enabled) {
    if (const Result<> done = manager.surface.requests.enable_preemption(enabled); !done) {
        return refuse(done.error());
    }
    manager.preemption_enabled = enabled;
    Announcer(caller.bus()).changed(manager);
    return {};
}

Answer<> set_dry_run(ManagerObject& manager, const Caller& caller, bool dry) {
    if (const Result<> done = manager.surface.requests.set_dry_run(dry); !done) {
        return refuse(done.error());
    }
    manager.dry_run = dry;
    Announcer(caller.bus()).changed(manager);
    return {};
}

Answer<Details> reload(ManagerObject& manager, const Caller& caller) {
    Announcer announcer(caller.bus());
    announcer.reloading(true);
    Result<ReloadReport> report = manager.surface.requests.reload();
    manager.last_reload_error = report ? "" : printable(report.error().message(), longest_sentence);
    if (report) {
        manager.config_read = manager.surface.now;
    }
    announcer.changed(manager);
    announcer.reloading(false);
    if (!report) {
        return refuse(error::config_invalid, manager.last_reload_error);
    }
    for (std::string& warning : report->warnings) {
        warning = printable(warning, longest_sentence);
    }
    return Details{{"files", std::move(report->files)},
                   {"rules", report->rules},
                   {"warnings", std::move(report->warnings)},
                   {"needs-restart", std::move(report->needs_restart)}};
}

Answer<std::uint32_t> resume_all(ManagerObject& manager, const Caller& /*caller*/) {
    const Result<std::uint32_t> done = manager.surface.requests.resume_all();
    if (!done) {
        return refuse(done.error());
    }
    return *done;
}

}  // namespace penstock::dbus
