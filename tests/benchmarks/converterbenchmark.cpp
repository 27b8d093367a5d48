// SPDX-License-Identifier: GPL-3.0-or-later
#include "converterbenchmark.h"

#include "commandruns.h"
#include "conversionpool.h"
#include "converterinputs.h"
#include "measuring.h"

#include "core/tools/drawiotools.h"
#include "core/tools/notebooktools.h"
#include "core/tools/plantumltools.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>

namespace lifeguard::bench {
namespace {

constexpr int workers = 2;
constexpr int coldSample = 6; // diagrams: a Java machine for each takes long
const QString seconds = QStringLiteral("s");

/// Writes a number of inputs to a folder, and returns their paths.
using Writer = QStringList (*)(const QString &folder, int count);

struct PoolTimes
{
    double started; ///< with workers that had been idle
    double cold; ///< from the start of the pool
};

/// Measures the workers. The cold time includes their start and that of their tools.
PoolTimes poolTimes(const QString &type, Writer write, int count)
{
    PoolTimes times{};
    {
        ConversionPool pool(type);
        const QStringList files = write(pool.workspace() + QStringLiteral("/input"), count);
        const Stopwatch watch;
        pool.start(workers);
        pool.convert(files);
        times.cold = watch.seconds();
    }
    ConversionPool pool(type);
    const QStringList files = write(pool.workspace() + QStringLiteral("/input"), count);
    pool.start(workers);
    pool.settle();
    const Stopwatch watch;
    pool.convert(files);
    times.started = watch.seconds();
    return times;
}

/// The command that converts one file without Lifeguard.
using CommandOf = Command (*)(const QString &file, const QString &output);

QList<Command> commandsFor(const QStringList &files, CommandOf commandOf, const QString &suffix)
{
    QList<Command> commands;
    for (const QString &file : files)
        commands.append(commandOf(file, QFileInfo(file).path() + u'/' + QFileInfo(file).completeBaseName() + suffix));
    return commands;
}

QStringList plantUmlOptions()
{
    return {QStringLiteral("-Djava.awt.headless=true"),
            QStringLiteral("-DPLANTUML_LIMIT_SIZE=8192"),
            QStringLiteral("-jar"),
            PlantUmlTools::find().jar,
            QStringLiteral("-tpng"),
            QStringLiteral("-Sdpi=200")};
}

void measureDiagrams(Report &report, const Sizes &sizes)
{
    const int count = sizes.choose(50, 2);
    const PlantUmlTools tools = PlantUmlTools::find();
    report.setting(QStringLiteral("diagrams"), QStringLiteral("%1, png with 200 dpi, about 30 lines").arg(count));
    report.setting(QStringLiteral("plantuml.jar"), tools.jar);
    const QTemporaryDir folder;
    const QStringList files = writeDiagrams(folder.filePath(QStringLiteral("all")), count);
    const QStringList sample = files.mid(0, std::min(count, coldSample));
    report.setting(QStringLiteral("a JVM per diagram"),
                   QStringLiteral("%1 at a time; %2 diagrams measured, extrapolated to %3")
                       .arg(workers)
                       .arg(sample.size())
                       .arg(count));
    const double single = secondsOf({{tools.java, plantUmlOptions() + files}});
    const PoolTimes pool = poolTimes(QStringLiteral("plantuml"), writeDiagrams, count);
    QList<Command> perDiagram;
    for (const QString &file : sample)
        perDiagram.append({tools.java, plantUmlOptions() + QStringList{file}});
    const double cold = secondsOf(perDiagram, workers) * count / double(sample.size());
    const QString name = QStringLiteral("%1 diagrams").arg(count);
    report.add({name, pool.started, seconds, Limit{QStringLiteral("one JVM"), single}, Target::ratioAtMost(1.1), {}});
    report.add({name + QStringLiteral(", with the start of the pool"),
                pool.cold,
                seconds,
                Limit{QStringLiteral("one JVM"), single},
                {},
                {}});
    report.add({QStringLiteral("a JVM per diagram"),
                cold,
                seconds,
                Limit{QStringLiteral("2 workers"), pool.started},
                Target::ratioAtLeast(8),
                {}});
}

/// Executes notebooks in kernels of their own and exports them, in one process, and prints the seconds of processor
/// time of this process and of the kernels. Importing the modules does not count.
const QString notebookLimit = QStringLiteral(R"(
import os, sys
import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
def used():
    return sum(os.times()[:4])
begin = used()
for path in sys.argv[1:]:
    notebook = nbformat.read(path, 4)
    ExecutePreprocessor().preprocess(notebook, {"metadata": {"path": os.path.dirname(path)}})
    HTMLExporter().from_notebook_node(notebook)
print(used() - begin)
)");

Command nbconvert(const QString &file, const QString &)
{
    return {NotebookTools::find().python,
            {QStringLiteral("-m"), QStringLiteral("nbconvert"), QStringLiteral("--execute"), QStringLiteral("--to"),
             QStringLiteral("html"), file}};
}

void measureNotebooks(Report &report, const Sizes &sizes)
{
    const int count = sizes.choose(10, 2);
    const NotebookTools tools = NotebookTools::find();
    report.setting(QStringLiteral("notebooks"), QStringLiteral("%1, html, 5 code cells").arg(count));
    report.setting(QStringLiteral("Python"), tools.python);
    const int cores = std::min(workers, QThread::idealThreadCount());
    report.setting(QStringLiteral("CPU limit"),
                   QStringLiteral(
                       "processor time of one process that executes each notebook in a kernel of its own with "
                       "nbclient and exports it, without imports, divided by %1 cores")
                       .arg(cores));
    const QTemporaryDir folder;
    const QStringList files = writeNotebooks(folder.filePath(QStringLiteral("all")), count);
    const double cpu =
        outputOf({tools.python, QStringList{QStringLiteral("-c"), notebookLimit} + files}).trimmed().toDouble() / cores;
    const PoolTimes pool = poolTimes(QStringLiteral("notebook"), writeNotebooks, count);
    const double cold = secondsOf(commandsFor(files, nbconvert, QString()), workers);
    const QString name = QStringLiteral("%1 notebooks").arg(count);
    report.add({name, pool.started, seconds, Limit{QStringLiteral("CPU"), cpu}, Target::ratioAtMost(1.15), {}});
    report.add({name + QStringLiteral(", with the start of the pool"),
                pool.cold,
                seconds,
                Limit{QStringLiteral("CPU"), cpu},
                {},
                {}});
    report.add({QStringLiteral("nbconvert per file"),
                cold,
                seconds,
                Limit{QStringLiteral("2 workers"), pool.started},
                Target::ratioAtLeast(3),
                {}});
}

Command drawio(const QString &file, const QString &output)
{
    return {DrawioTools::find().command,
            {QStringLiteral("--no-sandbox"), QStringLiteral("--export"), file, QStringLiteral("--format"),
             QStringLiteral("png"), QStringLiteral("--output"), output, QStringLiteral("--border"),
             QStringLiteral("20"), QStringLiteral("--scale"), QStringLiteral("3")}};
}

void measureDrawings(Report &report, const Sizes &sizes)
{
    const int count = sizes.choose(10, 2);
    const DrawioTools tools = DrawioTools::find();
    report.setting(QStringLiteral("drawings"), QStringLiteral("%1, png, 30 shapes").arg(count));
    report.setting(QStringLiteral("draw.io"), tools.command);
    const QTemporaryDir folder;
    const QStringList files = writeDrawings(folder.filePath(QStringLiteral("all")), count);
    const PoolTimes pool = poolTimes(QStringLiteral("drawio"), writeDrawings, count);
    const double cold = secondsOf(commandsFor(files, drawio, QStringLiteral(".png")), workers);
    const QString name = QStringLiteral("%1 drawings").arg(count);
    report.add({name + QStringLiteral(", with the start of the pool"), pool.cold, seconds, {}, {}, {}});
    report.add({QStringLiteral("a browser per drawing"),
                cold,
                seconds,
                Limit{QStringLiteral("2 workers"), pool.started},
                Target::ratioAtLeast(5),
                {}});
}

} // namespace

void measureConverters(Report &report, const Sizes &sizes)
{
    report.setting(QStringLiteral("workers"), QString::number(workers));
    QStringList missing;
    const auto measure = [&](const QString &missingMessage, auto function) {
        if (missingMessage.isEmpty())
            function(report, sizes);
        else
            missing.append(missingMessage);
    };
    measure(PlantUmlTools::find().missingMessage(), measureDiagrams);
    measure(NotebookTools::find().missingMessage(), measureNotebooks);
    measure(DrawioTools::find().missingMessage(), measureDrawings);
    if (!missing.isEmpty())
        report.skip(missing.join(u' '));
}

} // namespace lifeguard::bench
