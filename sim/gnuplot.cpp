// SPDX-License-Identifier: Apache-2.0

#include "sim/gnuplot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "sim/metrics.h"

namespace penstock::sim {
namespace {

// Names are a scenario's: within gnuplot's quotation marks, most characters mean something.
std::string plain(std::string name) {
    constexpr std::string_view harmless = " +-._:/";
    std::ranges::replace_if(
        name,
        [&](char each) {
            const bool letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
            const bool digit = each >= '0' && each <= '9';
            return !letter && !digit && harmless.find(each) == std::string_view::npos;
        },
        '_');
    return name;
}

std::string latency_block(const RunFigures& run, const JobFigures& job) {
    constexpr int steps = 100;
    constexpr double ns_per_ms = 1e6;
    std::string text = fmt::format("# {}: {}\n", plain(run.policy), plain(job.name));
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
        text += fmt::format(" \"{}\"", plain(job.name));
    }
    for (const RunFigures& run : comparison.runs) {
        text += fmt::format("\n\"{}\"", plain(run.policy));
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
                                plain(run.policy),
                                plain(job.name));
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

Result<> write_text(const std::string& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text << std::flush;
    return stream ? Result<>() : fail(errno, "write " + file);
}

Result<> write_plots(const Plots& plots, const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return fail(error.value(), "make the folder " + folder);
    }
    const std::array files{std::pair("latency.dat", &plots.latency),
                           std::pair("shares.dat", &plots.shares),
                           std::pair("plot.gp", &plots.script)};
    for (const auto& [name, text] : files) {
        if (Result<> written = write_text(folder + "/" + name, *text); !written) {
            return written;
        }
    }
    return {};
}

}  // namespace penstock::sim
