// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_plots.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/plot_files.h"

namespace penstock::sim {
namespace {

constexpr double ns_per_s = 1e9;

double seconds(std::int64_t ns) {
    return static_cast<double>(ns) / ns_per_s;
}

// In the order in which they first come.
std::vector<std::string> series_of(const std::vector<NamedFigures>& runs) {
    std::vector<std::string> all;
    for (const NamedFigures& run : runs) {
        if (std::ranges::find(all, run.series) == all.end()) {
            all.push_back(run.series);
        }
    }
    return all;
}

std::string latency_block(const NamedFigures& run) {
    std::string text = fmt::format("# {}\n", plot_name(run.name));
    for (const LatencyPoint& point : run.curve) {
        text += fmt::format("{:.9g} {:g}\n", seconds(point.latency_ns), point.share);
    }
    return text + "\n\n";
}

std::string columns_of(const BatchingFigures& figures) {
    return fmt::format("{:.6g} {:.6g} {:.6g} {:.6g} {:.6g} {:.6g}\n",
                       figures.per_second(figures.requests),
                       figures.per_second(figures.requests - figures.late),
                       figures.latency.mean_ns / ns_per_s,
                       seconds(figures.latency.p95_ns),
                       seconds(figures.latency.p99_ns),
                       figures.late_percent());
}

std::string series_block(const std::vector<NamedFigures>& runs, const std::string& series) {
    std::vector<const BatchingFigures*> points;
    for (const NamedFigures& run : runs) {
        if (run.series == series) {
            points.push_back(&run.figures);
        }
    }
    std::ranges::stable_sort(points, {}, [](const BatchingFigures* figures) {
        return figures->per_second(figures->requests);
    });
    std::string text = fmt::format("# {}\n", plot_name(series));
    for (const BatchingFigures* figures : points) {
        text += columns_of(*figures);
    }
    return text + "\n\n";
}

constexpr std::string_view script_head =
    "# Simulated, not measured. Draw with: gnuplot plot.gp, or gnuplot -e 'form=\"png\"' plot.gp\n"
    "if (!exists('form')) form = 'svg'\n"
    "set terminal form size 900,600 noenhanced\n"
    "set key outside\n"
    "set grid\n"
    "set output 'latency.'.form\n"
    "set xlabel 'latency, s'\n"
    "set ylabel 'share of requests'\n"
    "set logscale x\n";

constexpr std::string_view runs_script =
    "set output 'runs.'.form\n"
    "unset logscale\n"
    "unset xlabel\n"
    "set ylabel 'latency, s'\n"
    "set y2label 'late, %'\n"
    "set ytics nomirror\n"
    "set y2tics\n"
    "set yrange [0:*]\n"
    "set y2range [0:100]\n"
    "set xtics rotate by -45\n"
    "plot 'runs.dat' using 0:4:xtic(1) with linespoints title 'mean', \\\n"
    "  '' using 0:5 with linespoints title 'p95', \\\n"
    "  '' using 0:6 with linespoints title 'p99', \\\n"
    "  '' using 0:7 axes x1y2 with linespoints dashtype 2 title 'late, %'\n";

// A plot of one curve for each block of a file.
std::string curves_of(std::string_view file,
                      std::string_view style,
                      const std::vector<std::string>& titles) {
    std::string text = "plot ";
    for (std::size_t block = 0; block < titles.size(); ++block) {
        text += fmt::format("{}'{}' index {} {} title '{}'",
                            block == 0 ? "" : ", \\\n  ",
                            file,
                            block,
                            style,
                            plot_name(titles[block]));
    }
    return text + '\n';
}

std::string script_of(const std::vector<NamedFigures>& runs) {
    std::vector<std::string> names;
    names.reserve(runs.size());
    for (const NamedFigures& run : runs) {
        names.push_back(run.name);
    }
    std::string text(script_head);
    text += curves_of("latency.dat", "with lines", names);
    if (runs.size() > 1) {
        text +=
            "set output 'throughput.'.form\n"
            "set xlabel 'requests served per second'\n"
            "set ylabel 'p95 of latency, s'\n"
            "unset logscale x\n"
            "set logscale y\n";
        text += curves_of("throughput.dat", "using 1:4 with linespoints", series_of(runs));
        text += runs_script;
    }
    return text;
}

}  // namespace

BatchingPlots batching_plots(const std::vector<NamedFigures>& runs) {
    BatchingPlots plots{
        .runs = "# run, served and in time per second, mean, p95 and p99 in s, late %\n",
        .script = script_of(runs)};
    for (const NamedFigures& run : runs) {
        plots.latency += latency_block(run);
        plots.runs += fmt::format("\"{}\" {}", plot_name(run.name), columns_of(run.figures));
    }
    for (const std::string& series : series_of(runs)) {
        plots.throughput += series_block(runs, series);
    }
    return plots;
}

Result<> write_plots(const BatchingPlots& plots, const std::string& folder) {
    return write_plot_files(folder,
                            {{.name = "latency.dat", .text = plots.latency},
                             {.name = "throughput.dat", .text = plots.throughput},
                             {.name = "runs.dat", .text = plots.runs},
                             {.name = "plot.gp", .text = plots.script}});
}

}  // namespace penstock::sim
