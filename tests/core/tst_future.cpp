// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that meet a locked database are given again, for as long as they are wanted.
#include "core/base/future.h"
#include "tests/support/words.h"

#include <QPromise>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Answers Busy so often, then the last answer.
struct Command
{
    int busy = 0;
    Result<int> last = 7;
    int given = 0;

    QFuture<Result<int>> operator()()
    {
        QPromise<Result<int>> promise;
        promise.start();
        promise.addResult(given++ < busy ? Result<int>(failure(ErrorCode::Busy, QStringLiteral("locked"))) : last);
        promise.finish();
        return promise.future();
    }
};

} // namespace

class TestFuture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void againWhileItIsLocked();
    void otherErrorsAreAnswers();
    void notOnceNobodyWantsIt();
    void notOnceTheContextIsGone();
};

void TestFuture::againWhileItIsLocked()
{
    Command command{3};
    QList<int> answers;
    retryWhileBusy([&command] { return command(); }, this, [] { return true; }, [&answers](const Result<int> &result) { answers.append(result.value_or(-1)); });
    QTRY_COMPARE_WITH_TIMEOUT(answers, QList<int>{7}, patience);
    QCOMPARE(command.given, 4);
}

void TestFuture::otherErrorsAreAnswers()
{
    Command command{1, failure(ErrorCode::DiskFull, QStringLiteral("full"))};
    QStringList messages;
    retryWhileBusy([&command] { return command(); }, this, [] { return true; },
              [&messages](const Result<int> &result) { messages.append(result ? QString() : result.error().message); });
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{QStringLiteral("full")}, patience);
    QCOMPARE(command.given, 2);
}

void TestFuture::notOnceNobodyWantsIt()
{
    Command command{1000};
    QStringList messages;
    retryWhileBusy([&command] { return command(); }, this, [&command] { return command.given < 3; },
              [&messages](const Result<int> &result) { messages.append(result ? QString() : result.error().message); });
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{QStringLiteral("locked")}, patience);
    QCOMPARE(command.given, 3);
}

void TestFuture::notOnceTheContextIsGone()
{
    Command command{1000};
    bool answered = false;
    auto context = std::make_unique<QObject>();
    retryWhileBusy([&command] { return command(); }, context.get(), [&] { return true; }, [&](const Result<int> &) { answered = true; });
    EVENTUALLY(command.given >= 2);
    context.reset();
    const int given = command.given;
    QCoreApplication::processEvents();
    QCoreApplication::processEvents();
    QCOMPARE(command.given, given);
    QVERIFY(!answered);
}

QTEST_GUILESS_MAIN(TestFuture)
#include "tst_future.moc"
