// SPDX-License-Identifier: Apache-2.0

#include "sim/gnuplot.h"

#include <fmt/format.h>

#include "sim/metrics.h"
#include "sim/plot_files.h"

namespace penstock::sim {
namespace {

std::string latency_block(const RunFigures& run, const JobFigures& job) {
    constexpr int steps = 100;
    constexpr double ns_per_ms = 1e6;
    std::string text = fmt::format("# {}: {}\n", plot_name(run.policy), plot_name(job.name));
    const auto add = [&](double share) {
        text += fmt::format(
            "{:.6g} {:g}\n", static_cast<double>(job.latency.quantile(share)) / ns_per_ms, share);
    };
    for (int step = 0; step < steps; ++step) {
        add(static_cast<double>(step) / steps);
    }
    for (const double share : {0.995, 0.999, 1.0}) {
        add(share);
    }
    return text + "\n\n";
}

std::string shares_of(const Comparison& comparison) {
    std::string text = "policy";
    for (const JobFigures& job : comparison.alone) {
        text += fmt::format(" \"{}\"", plot_name(job.name));
    }
    for (const RunFigures& run : comparison.runs) {
        text += fmt::format("\n\"{}\"", plot_name(run.policy));
        for (std::size_t job = 0; job < run.jobs.size(); ++job) {
            const JobView view{
                .job = run.jobs[job], .alone = comparison.alone[job], .window = comparison.window};
            text += fmt::format(" {:.6g}", value_of("device_share", view));
        }
    }
    return text + '\n';
}

std::string script_of(const Comparison& comparison) {
    std::string text =
        "# Simulated, not measured. Draw with: gnuplot plot.gp\n"
        "set terminal svg size 900,600 noenhanced\n"
        "set key outside\n"
        "set output 'latency.svg'\n"
        "set xlabel 'latency, ms'\n"
        "set ylabel 'share of requests'\n"
        "set logscale x\n"
        "plot \\\n";
    std::size_t block = 0;
    for (const RunFigures& run : comparison.runs) {
        for (const JobFigures& job : run.jobs) {
            text += fmt::format("  'latency.dat' index {} with lines title '{}: {}', \\\n",
                                block++,
                                plot_name(run.policy),
                                plot_name(job.name));
        }
    }
    text += fmt::format(
        "  1 with dots notitle\n"
        "unset logscale\n"
        "set output 'shares.svg'\n"
        "unset xlabel\n"
        "set ylabel 'share of the device'\n"
        "set yrange [0:*]\n"
        "set style data histograms\n"
        "set style histogram rowstacked\n"
        "set style fill solid 0.7 border -1\n"
        "set boxwidth 0.7\n"
        "plot for [job=2:{}] 'shares.dat' using job:xtic(1) title columnheader(job)\n",
        comparison.alone.size() + 1);
    return text;
}

}  // namespace

Plots plots_of(const Comparison& comparison) {
    Plots plots{.shares = shares_of(comparison), .script = script_of(comparison)};
    for (const RunFigures& run : comparison.runs) {
        for (const JobFigures& job : run.jobs) {
            plots.latency += latency_block(run, job);
        }
    }
    return plots;
}

Result<> write_plots(const Plots& plots, const std::string& folder) {
    return write_plot_files(folder,
                            {{.name = "latency.dat", .text = plots.latency},
                             {.name = "shares.dat", .text = plots.shares},
                             {.name = "plot.gp", .text = plots.script}});
}

}  // namespace penstock::sim
