// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/text.h"
#include "sim/paper/verdict.h"
#include "sim/paper/verdict_report.h"
#include "sim/progress.h"
#include "sim/verbs.h"

namespace penstock::sim {
namespace {

constexpr unsigned most_threads = 8;

unsigned threads() {
    return std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
}

std::string text_of(const Verdicts& verdicts, Paper::Form form) {
    switch (form) {
        case Paper::Form::table:
            return verdict_table(verdicts);
        case Paper::Form::json:
            return verdict_json(verdicts);
        case Paper::Form::csv:
            return verdict_csv(verdicts);
    }
    return {};  // Not one of the enumerators.
}

std::set<Play> plays_of(const Experiments& wanted) {
    std::set<Play> plays;
    for (const Experiment& experiment : wanted) {
        plays.insert(experiment.measure.plays.begin(), experiment.measure.plays.end());
    }
    return plays;
}

}  // namespace

Result<> run(const Paper& verb) {
    const std::string folder = verb.scenarios.empty() ? PENSTOCK_SCENARIOS : verb.scenarios;
    const Experiments all = experiments(folder, "");
    Measured emulated;
    if (!verb.emulated.empty()) {
        Result<Measured> measured = load_measured(verb.emulated, all);
        if (!measured) {
            return std::unexpected(std::move(measured).error());
        }
        emulated = std::move(*measured);
    }
    const Experiments wanted = experiments(folder, verb.only);
    if (wanted.empty()) {
        return fail("no experiment's id starts with \"" + printable(verb.only) +
                    "\"; they are fig9, fig11, fig11c, fig13, fig14, fig15a, fig15b, p7 and p8");
    }
    const Result<PlayBook> book = play_all(folder, plays_of(wanted), threads(), &show_progress);
    if (!book) {
        return std::unexpected(book.error());
    }
    const Verdicts verdicts = judge(wanted, *book, emulated);
    fmt::print("{}", text_of(verdicts, verb.form));
    const auto out = std::ranges::count(verdicts, false, &Verdict::in_band);
    return out == 0 ? Result<>()
                    : fail(fmt::format(
                          "{} of {} experiments are out of their bands", out, verdicts.size()));
}

}  // namespace penstock::sim
