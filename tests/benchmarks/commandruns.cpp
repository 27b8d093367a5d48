// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandruns.h"

#include "measuring.h"
#include "tests/support/waiting.h"

#include <QProcess>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace lifeguard::bench {
namespace {

constexpr int longestMs = 1200000;

void checkEnd(QProcess &process)
{
    if (process.error() != QProcess::FailedToStart && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0)
        return;
    std::fprintf(stderr, "%s %s: %s\n%s\n", qPrintable(process.program()), qPrintable(process.arguments().join(u' ')),
                 qPrintable(process.errorString()), process.readAllStandardError().constData());
    std::exit(1);
}

} // namespace

double secondsOf(const QList<Command> &commands, int atOnce)
{
    std::vector<std::unique_ptr<QProcess>> running;
    qsizetype next = 0;
    const auto step = [&] {
        for (auto process = running.begin(); process != running.end();) {
            const bool hasEnded = (*process)->state() == QProcess::NotRunning;
            if (hasEnded)
                checkEnd(**process);
            process = hasEnded ? running.erase(process) : process + 1;
        }
        while (next < commands.size() && running.size() < std::size_t(atOnce)) {
            running.push_back(std::make_unique<QProcess>());
            running.back()->setStandardOutputFile(QProcess::nullDevice());
            running.back()->start(commands.at(next).program, commands.at(next).arguments);
            ++next;
        }
        return running.empty();
    };
    const Stopwatch watch;
    if (!test::waitUntil(step, longestMs)) {
        std::fputs("a command did not end\n", stderr);
        std::exit(1);
    }
    return watch.seconds();
}

QByteArray outputOf(const Command &command)
{
    QProcess process;
    process.start(command.program, command.arguments);
    process.waitForFinished(longestMs);
    checkEnd(process);
    return process.readAllStandardOutput();
}

} // namespace lifeguard::bench
