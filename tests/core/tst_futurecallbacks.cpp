// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that fail because the database is locked are repeated while the caller allows it.
#include "core/base/futurecallbacks.h"
#include "tests/support/testhelpers.h"

#include <QPromise>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns Busy the given number of times, then the last result.
struct Command
{
    int busy = 0;
    Result<int> last = 7;
    int runs = 0;

    QFuture<Result<int>> operator()()
    {
        QPromise<Result<int>> promise;
        promise.start();
        promise.addResult(runs++ < busy ? Result<int>(failure(ErrorCode::Busy, QStringLiteral("locked"))) : last);
        promise.finish();
        return promise.future();
    }
};

} // namespace

class TestFutureCallbacks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void retriesWhileBusy();
    void returnsOtherErrors();
    void stopsWhenRetryIsNotAllowed();
    void stopsWhenContextIsDestroyed();
};

void TestFutureCallbacks::retriesWhileBusy()
{
    Command command{3};
    QList<int> results;
    retryWhileBusy([&command] { return command(); }, this, [] { return true; },
                   [&results](const Result<int> &result) { results.append(result.value_or(-1)); });
    QTRY_COMPARE_WITH_TIMEOUT(results, QList<int>{7}, patience);
    QCOMPARE(command.runs, 4);
}

void TestFutureCallbacks::returnsOtherErrors()
{
    Command command{1, failure(ErrorCode::DiskFull, QStringLiteral("full"))};
    QStringList messages;
    retryWhileBusy([&command] { return command(); }, this, [] { return true; },
                   [&messages](const Result<int> &result) {
                       messages.append(result ? QString() : result.error().message);
                   });
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{QStringLiteral("full")}, patience);
    QCOMPARE(command.runs, 2);
}

void TestFutureCallbacks::stopsWhenRetryIsNotAllowed()
{
    Command command{1000};
    QStringList messages;
    retryWhileBusy([&command] { return command(); }, this, [&command] { return command.runs < 3; },
                   [&messages](const Result<int> &result) {
                       messages.append(result ? QString() : result.error().message);
                   });
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{QStringLiteral("locked")}, patience);
    QCOMPARE(command.runs, 3);
}

void TestFutureCallbacks::stopsWhenContextIsDestroyed()
{
    Command command{1000};
    bool called = false;
    auto context = std::make_unique<QObject>();
    retryWhileBusy([&command] { return command(); }, context.get(), [&] { return true; },
                   [&](const Result<int> &) { called = true; });
    EVENTUALLY(command.runs >= 2);
    context.reset();
    const int runs = command.runs;
    QCoreApplication::processEvents();
    QCoreApplication::processEvents();
    QCOMPARE(command.runs, runs);
    QVERIFY(!called);
}

QTEST_GUILESS_MAIN(TestFutureCallbacks)
#include "tst_futurecallbacks.moc"
