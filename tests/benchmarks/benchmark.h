// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report.h"

#include <QList>
#include <QString>

#include <functional>

namespace lifeguard::bench {

/// How much a benchmark measures.
struct Sizes
{
    bool isSmall = false; ///< one quick pass that shows that the benchmark works

    template<typename T>
    [[nodiscard]] T choose(T full, T small) const
    {
        return isSmall ? small : full;
    }
};

/// One benchmark of lifeguard-bench. Each runs in a process of its own (main.cpp).
struct Benchmark
{
    QString name; ///< an argument of lifeguard-bench
    QString summary; ///< one line for --help
    bool needsWindow = false; ///< whether run needs a QApplication
    std::function<void(Report &, const Sizes &)> run;
};

/// Returns all benchmarks, in the order of the table.
[[nodiscard]] const QList<Benchmark> &allBenchmarks();

} // namespace lifeguard::bench
