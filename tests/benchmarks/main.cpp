// SPDX-License-Identifier: GPL-3.0-or-later
// lifeguard-bench measures Lifeguard on this machine, next to what the machine can do at most. See README.md in this
// folder. Each benchmark runs in a process of its own, so that none changes the memory, the threads or the open files
// of another one.
#include "benchmark.h"
#include "machine.h"
#include "report.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTextStream>

#include <algorithm>
#include <memory>

using namespace lifeguard::bench;

namespace {

const QString benchmarkVariable = QStringLiteral("LIFEGUARD_BENCHMARK"); // in the environment of the process that runs
                                                                         // one

/// What one benchmark printed.
struct Results
{
    QString name;
    QList<QPair<QString, QString>> settings;
    QList<Row> rows;
    QString skipped; ///< the reason; empty if the benchmark ran
    QString error; ///< empty if it ended as it should
};

const Benchmark *find(const QString &name)
{
    const QList<Benchmark> &all = allBenchmarks();
    const auto found = std::find_if(all.cbegin(), all.cend(), [&](const Benchmark &b) { return b.name == name; });
    return found == all.cend() ? nullptr : &*found;
}

/// Runs a benchmark in this process.
int runHere(const Benchmark &benchmark, const Sizes &sizes, int &argc, char **argv)
{
    std::unique_ptr<QCoreApplication> app;
    if (benchmark.needsWindow) {
        if (!qEnvironmentVariableIsSet("DISPLAY") && !qEnvironmentVariableIsSet("WAYLAND_DISPLAY"))
            qputenv("QT_QPA_PLATFORM", "offscreen");
        app = std::make_unique<QApplication>(argc, argv);
    } else {
        app = std::make_unique<QCoreApplication>(argc, argv);
    }
    Report report;
    benchmark.run(report, sizes);
    return 0;
}

Results runInChild(const Benchmark &benchmark, bool isSmall)
{
    Results results{benchmark.name, {}, {}, {}, {}};
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(benchmarkVariable, benchmark.name);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(),
                isSmall ? QStringList{QStringLiteral("--small")} : QStringList());
    child.waitForFinished(-1);
    const QList<QByteArray> lines = child.readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        if (json.contains(QLatin1String("setting")))
            results.settings.append(
                {json.value(QLatin1String("setting")).toString(), json.value(QLatin1String("value")).toString()});
        else if (json.contains(QLatin1String("skipped")))
            results.skipped = json.value(QLatin1String("skipped")).toString();
        else if (!json.isEmpty())
            results.rows.append(Row::fromJson(json));
    }
    if (child.exitStatus() != QProcess::NormalExit || child.exitCode() != 0)
        results.error = QStringLiteral("it ended with code %1").arg(child.exitCode());
    else if (results.rows.isEmpty() && results.skipped.isEmpty())
        results.error = QStringLiteral("it printed no figure");
    return results;
}

void print(QTextStream &out, const Results &results)
{
    out << '\n' << results.name << '\n';
    for (const auto &[name, value] : results.settings)
        out << "  " << name << ": " << value << '\n';
    if (!results.skipped.isEmpty())
        out << "  SKIPPED: " << results.skipped << '\n';
    if (!results.rows.isEmpty()) {
        for (const QString &line : tableOf(results.rows))
            out << line << '\n';
    }
    if (!results.error.isEmpty())
        out << "  FAILED: " << results.error << '\n';
    out.flush();
}

QJsonObject toJson(const QList<QPair<QString, QString>> &pairs)
{
    QJsonObject json;
    for (const auto &[name, value] : pairs)
        json.insert(name, value);
    return json;
}

QJsonObject toJson(const Results &results)
{
    QJsonArray rows;
    for (const Row &row : results.rows)
        rows.append(row.toJson());
    QJsonObject json{{QStringLiteral("benchmark"), results.name},
                     {QStringLiteral("settings"), toJson(results.settings)},
                     {QStringLiteral("rows"), rows}};
    if (!results.skipped.isEmpty())
        json.insert(QStringLiteral("skipped"), results.skipped);
    if (!results.error.isEmpty())
        json.insert(QStringLiteral("error"), results.error);
    return json;
}

QString helpText()
{
    QString text = QStringLiteral(
        "Measures Lifeguard on this machine, next to what the machine can do at most. Measured figures depend on the "
        "machine; compare ratios. Run it on an otherwise idle machine.\n\nBenchmarks (default: all):\n");
    for (const Benchmark &benchmark : allBenchmarks())
        text += QStringLiteral("  %1%2\n").arg(benchmark.name.leftJustified(12), benchmark.summary);
    return text + QStringLiteral("\nThe exit code is 0 if every benchmark ran, also if a target was missed.");
}

} // namespace

int main(int argc, char **argv)
{
    const QString name = qEnvironmentVariable(qPrintable(benchmarkVariable));
    if (const Benchmark *benchmark = find(name)) {
        qunsetenv(qPrintable(benchmarkVariable)); // not for the programs that it starts
        const bool isSmall = argc > 1 && qstrcmp(argv[1], "--small") == 0;
        return runHere(*benchmark, {isSmall}, argc, argv);
    }
    const QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguard-bench"));
    QCommandLineParser parser;
    parser.setApplicationDescription(helpText());
    parser.addHelpOption();
    parser.addOption({QStringLiteral("json"), QStringLiteral("Print JSON instead of a table.")});
    parser.addOption(
        {QStringLiteral("small"), QStringLiteral("Run each benchmark at a small size, to check that it works.")});
    parser.addPositionalArgument(QStringLiteral("NAME"), QStringLiteral("The benchmarks to run."),
                                 QStringLiteral("[NAME…]"));
    parser.process(app);
    QList<const Benchmark *> chosen;
    for (const QString &argument : parser.positionalArguments()) {
        chosen.append(find(argument));
        if (!chosen.constLast()) {
            QTextStream(stderr) << "There is no benchmark " << argument
                                << ". lifeguard-bench --help lists all of them.\n";
            return 2;
        }
    }
    if (chosen.isEmpty()) {
        for (const Benchmark &benchmark : allBenchmarks())
            chosen.append(&benchmark);
    }
    const bool isJson = parser.isSet(QStringLiteral("json"));
    QTextStream out(stdout);
    const QList<QPair<QString, QString>> machine = machineDescription();
    if (!isJson) {
        for (const auto &[what, value] : machine)
            out << what << ": " << value << '\n';
        out.flush();
    }
    QJsonArray benchmarks;
    bool isComplete = true;
    for (const Benchmark *benchmark : std::as_const(chosen)) {
        const Results results = runInChild(*benchmark, parser.isSet(QStringLiteral("small")));
        isComplete = isComplete && results.error.isEmpty();
        benchmarks.append(toJson(results));
        if (!isJson)
            print(out, results);
    }
    if (isJson)
        out << QJsonDocument(QJsonObject{{QStringLiteral("machine"), toJson(machine)},
                                         {QStringLiteral("benchmarks"), benchmarks}})
                   .toJson();
    return isComplete ? 0 : 1;
}
