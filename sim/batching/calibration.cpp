// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json_text.h"
#include "sim/batching/least_squares.h"

namespace penstock::sim {
namespace {

using batching::ServiceTime;

Equation equation_of(const GridPoint& point, ServiceTime::Kind kind) {
    const auto b = static_cast<double>(point.requests);
    const auto length = static_cast<double>(point.longest);
    const double crowd = kind == ServiceTime::Kind::seed ? (b - 1) / b : b;
    return {.factors = {1, length, length * crowd}, .measured = point.seconds};
}

Result<ServiceTime> service_of(const std::array<double, 3>& found, ServiceTime::Kind kind) {
    const auto [alpha, beta, crowding] = found;
    // What rounding left of an exact 0 is no sign of another law.
    const double negligible =
        -1e-9 * std::max({std::abs(alpha), std::abs(beta), std::abs(crowding)});
    if (alpha < negligible || beta <= 0 || crowding < negligible) {
        return fail(
            fmt::format("the best fit has a coefficient that no device can have (constant {:g} s, "
                        "{:g} s a token, {:g} s a token for company): try the other kind",
                        alpha,
                        beta,
                        crowding));
    }
    ServiceTime service{.kind = kind, .alpha = std::max(alpha, 0.0), .beta = beta, .gamma = 0};
    if (kind == ServiceTime::Kind::seed) {
        service.gamma = std::max(crowding, 0.0) / beta;
    } else {
        service.beta_b = std::max(crowding, 0.0);
    }
    return service;
}

GridRange range_of(const std::vector<GridPoint>& points) {
    const auto [fewest, most] = std::ranges::minmax(points, {}, &GridPoint::requests);
    const auto [shortest, longest] = std::ranges::minmax(points, {}, &GridPoint::longest);
    return {.fewest = fewest.requests,
            .most = most.requests,
            .shortest = shortest.longest,
            .longest = longest.longest};
}

void measure_fit(const std::vector<GridPoint>& points, Calibration& into) {
    const auto count = static_cast<double>(points.size());
    double mean = 0;
    for (const GridPoint& point : points) {
        mean += point.seconds / count;
    }
    double unexplained = 0;
    double all = 0;
    for (const GridPoint& point : points) {
        const double residual =
            point.seconds - into.service.batch_seconds(point.requests, point.longest);
        into.residuals_s.push_back(residual);
        unexplained += residual * residual;
        all += (point.seconds - mean) * (point.seconds - mean);
    }
    into.root_mean_square_s = std::sqrt(unexplained / count);
    into.r_squared = all > 0 ? 1 - (unexplained / all) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Result<Calibration> calibrate(const std::vector<GridPoint>& points, ServiceTime::Kind kind) {
    std::vector<Equation> equations;
    equations.reserve(points.size());
    for (const GridPoint& point : points) {
        equations.push_back(equation_of(point, kind));
    }
    const auto found = least_squares(equations);
    if (!found) {
        return fail(
            "the points do not determine the three coefficients: at least two batch sizes and two "
            "lengths are needed, and more than lie on one line");
    }
    const Result<ServiceTime> service = service_of(*found, kind);
    if (!service) {
        return std::unexpected(service.error());
    }
    Calibration calibration{.service = *service, .range = range_of(points)};
    measure_fit(points, calibration);
    return calibration;
}

std::string calibration_json(const Calibration& calibration) {
    const ServiceTime& service = calibration.service;
    const bool seed = service.kind == ServiceTime::Kind::seed;
    JsonText json;
    json.begin_object();
    json.key("latency");
    json.begin_object();
    json.member("kind", std::string_view(seed ? "seed" : "linear"));
    json.member("alpha", service.alpha);
    json.member("beta", service.beta);
    json.member(seed ? "gamma" : "beta_b", seed ? service.gamma : service.beta_b);
    json.end_object();
    json.member("points", calibration.residuals_s.size());
    json.member("r2", calibration.r_squared);
    json.member("rmse_s", calibration.root_mean_square_s);
    json.member("fewest_requests", calibration.range.fewest);
    json.member("most_requests", calibration.range.most);
    json.member("shortest_tokens", calibration.range.shortest);
    json.member("longest_tokens", calibration.range.longest);
    json.key("residuals_s");
    json.begin_array();
    for (const double residual : calibration.residuals_s) {
        json.write(residual);
    }
    json.end_array();
    json.end_object();
    return std::move(json).take();
}

}  // namespace penstock::sim
