// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/bus_service.h"

#include <unistd.h>

#include "agent/publish/bus_name.h"
#include "agent/publish/object_tree.h"
#include "agent/publish/surface_line.h"
#include "agent/publish/surface_update.h"
#include "base/clock.h"
#include "base/text.h"
#include "policies/catalogue.h"

namespace penstock {

using dbus::Connection;

BusService::BusService(Connection connection,
                       sd_event* event,
                       Requests& requests,
                       Guard::Limits limits)
    : connection_(std::move(connection)),
      surface_(requests, limits, ::geteuid()),
      announcer_(connection_.get()),
      faults_(connection_.get()),
      streams_(event,
               &monotonic_now,
               [this] { return dbus::surface_line(surface_, seconds_since_1970()); }),
      subscriptions_(event, connection_.get(), surface_, &monotonic_now),
      histories_(event, surface_.history.figures),
      leases_(event, &monotonic_now, surface_, announcer_),
      trace_(event, &monotonic_now) {
    surface_.streams = &streams_;
    surface_.subscriptions = &subscriptions_;
    surface_.histories = &histories_;
    surface_.leases = &leases_;
    surface_.trace = &trace_;
}

Result<std::unique_ptr<BusService>> BusService::open(sd_event* event,
                                                     const std::string& address,
                                                     Requests& requests,
                                                     Guard::Limits limits) {
    Result<Connection> connection = dbus::connect(address);
    if (!connection) {
        return std::unexpected(std::move(connection).error());
    }
    sd_bus* bus = connection->get();
    auto service = serve(*std::move(connection), event, requests, limits);
    if (!service) {
        return service;
    }
    if (Result<> claimed = dbus::claim_name(bus); !claimed) {
        return std::unexpected(std::move(claimed).error());
    }
    return service;
}

Result<std::unique_ptr<BusService>> BusService::serve(Connection connection,
                                                      sd_event* event,
                                                      Requests& requests,
                                                      Guard::Limits limits) {
    sd_bus* bus = connection.get();
    // The constructor is private, which make_unique can not reach.
    std::unique_ptr<BusService> service(
        new BusService(std::move(connection), event, requests, limits));  // NOLINT(*-owning-memory)
    auto filter = dbus::AuthorizationFilter::install(bus, service->surface_, &monotonic_now);
    if (!filter) {
        return std::unexpected(std::move(filter).error());
    }
    service->filter_ = *std::move(filter);
    service->surface_.senders = &service->filter_->senders();
    service->surface_.waiting_checks = [waits = service->filter_.get()] {
        return waits->waiting_checks();
    };
    Result<std::vector<dbus::Slot>> slots = dbus::plant(bus, service->surface_);
    if (!slots) {
        return std::unexpected(std::move(slots).error());
    }
    service->slots_ = *std::move(slots);
    int result = sd_bus_set_exit_on_disconnect(bus, 1);
    result = result < 0 ? result : sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
    if (result < 0) {
        return fail(-result, "attach the bus to the event loop");
    }
    return service;
}

void BusService::publish(const Snapshot& seen, const Outcome& done) {
    std::vector<std::string>& shown = surface_.manager.degraded_reasons;
    const std::size_t expected = reasons_.size() + (done.failure ? 1 : 0);
    if (shown.size() != expected || done.failure) {
        shown = reasons_;
        if (done.failure) {
            shown.push_back(printable(done.failure->message(), dbus::longest_string));
        }
    }
    if (surface_.board) {
        surface_.board->write(seen, board_holds_);
    }
    dbus::show(surface_, seen, announcer_);
    leases_.look();
    trace_.look(seen);
    if (done.fault) {
        faults_.report(surface_.manager.policy, *done.fault, seen);
    }
}

void BusService::show_board(dbus::BoardPage page) {
    surface_.board.emplace(std::move(page));
    announcer_.changed(surface_.manager);
}

void BusService::set_features(std::vector<std::string> features) {
    surface_.manager.features = std::move(features);
    announcer_.changed(surface_.manager);
}

void BusService::trust(std::function<bool(std::uint32_t uid)> is_admin) {
    surface_.is_admin = std::move(is_admin);
}

void BusService::following(std::string policy, const PolicySettings& settings) {
    if (const Result<const CatalogueEntry*> known = find_policy(policy)) {
        surface_.manager.policy_settings = effective(**known, settings);
    }
    surface_.manager.policy = std::move(policy);
    announcer_.changed(surface_.manager);
}

void BusService::degraded(std::vector<std::string> reasons) {
    for (std::string& reason : reasons) {
        reason = printable(reason, dbus::longest_string);
    }
    reasons_ = std::move(reasons);
    surface_.manager.degraded_reasons = reasons_;
    announcer_.changed(surface_.manager);
}

}  // namespace penstock
