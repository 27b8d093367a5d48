// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the details of the selected worker or job: log, job and events. Replies to outdated requests must be dropped.
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/store/joberror.h"
#include "tests/support/testhelpers.h"
#include "ui/theme/eventkindappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/detailpane.h"
#include "ui/views/jobdetailview.h"
#include "ui/views/livetable.h"
#include "ui/views/logfollower.h"
#include "ui/views/logpane.h"
#include "ui/views/payloadtext.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QThreadPool>
#include <QToolButton>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

WorkerInfo makeWorker(int index, qint64 jobId = 0)
{
    WorkerInfo worker;
    worker.executorId = QStringLiteral("direct-noop-%1-aaaaaaaa").arg(index);
    worker.workerId = index + 1;
    worker.type = QStringLiteral("noop");
    worker.pool = worker.type;
    worker.index = index;
    worker.own = true;
    worker.jobId = jobId;
    worker.jobName = jobId ? QStringLiteral("job %1").arg(jobId) : QString();
    worker.state = jobId ? WorkerState::Busy : WorkerState::Idle;
    return worker;
}

Job makeJob(qint64 id)
{
    Job job;
    job.id = id;
    job.type = QStringLiteral("plantuml");
    job.status = JobStatus::Failed;
    job.inputFile = QStringLiteral("/courses/a & b/<classes>.puml");
    job.payload = QByteArrayLiteral("{\"data\": \"short\"}");
    job.error = QStringLiteral("line 3: Syntax Error?");
    job.createdAt = QDateTime::currentDateTimeUtc().addSecs(-60);
    return job;
}

} // namespace

class TestDetailPane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void parsesErrors_data();
    void parsesErrors();
    void formatsPayloads();
    void searchesLog();
    void updatesMarksWhenLogGrows();
    void showsOnlyMatchingLines();
    void keepsPositionWhenNotFollowing();
    void showsWorker();
    void showsJob();
    void formatsLargePayloadsInBackground();
    void dropsRepliesToOutdatedRequests();
    void eventKindsHaveTexts();

private:
    QTemporaryDir m_folder;
    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("x.log")); }
    void write(const QByteArray &text, QIODevice::OpenMode mode = QIODevice::WriteOnly) const
    {
        QFile file(path());
        QVERIFY(file.open(mode));
        file.write(text);
    }
};

void TestDetailPane::parsesErrors_data()
{
    QTest::addColumn<QString>("error");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("category");
    QTest::addColumn<QString>("guidance");
    QTest::newRow("plain") << QStringLiteral("it broke\nbadly") << QStringLiteral("it broke\nbadly") << QString()
                           << QString() << QString();
    QTest::newRow("CLM") << QStringLiteral(
        R"({"error_message": "bad cell", "error_class": "NameError", "category": "user", "actionable_guidance": "define x", "cell": 4})")
                         << QStringLiteral("bad cell") << QStringLiteral("NameError") << QStringLiteral("user")
                         << QStringLiteral("define x");
    QTest::newRow("some other object") << QStringLiteral("{\"a\": 1}") << QStringLiteral("{\"a\": 1}") << QString()
                                       << QString() << QString();
    QTest::newRow("broken JSON") << QStringLiteral("{\"error_message\": ") << QStringLiteral("{\"error_message\": ")
                                 << QString() << QString() << QString();
}

void TestDetailPane::parsesErrors()
{
    QFETCH(QString, error);
    const JobError read = parseJobError(error);
    QTEST(read.message, "message");
    QTEST(read.kind, "kind");
    QTEST(read.category, "category");
    QTEST(read.guidance, "guidance");
    QCOMPARE(read.rest, read.kind.isEmpty() ? QString() : QStringLiteral("cell: 4"));
}

void TestDetailPane::formatsPayloads()
{
    const QString longText = QStringLiteral("line\n").repeated(300);
    const QJsonObject object{{QStringLiteral("data"), longText},
                             {QStringLiteral("kind"), QStringLiteral("speaker")},
                             {QStringLiteral("other_files"),
                              QJsonObject{{QStringLiteral("a.png"), QString(5000, QLatin1Char('x'))}}}};
    const QString shown = payloadText(QJsonDocument(object).toJson());
    QVERIFY(shown.contains(QStringLiteral("speaker")));
    QVERIFY2(shown.size() < 1500, qPrintable(shown));
    QVERIFY(shown.contains(QStringLiteral("1,500 characters")) || shown.contains(QStringLiteral("1500 characters")));
    QVERIFY(shown.contains(QStringLiteral("5,000 characters")) || shown.contains(QStringLiteral("5000 characters")));
    QCOMPARE(payloadText("no json"), QStringLiteral("no json"));
    QVERIFY(payloadText(QByteArray(2'000'000, 'x')).size() < 101'000);
    QVERIFY(payloadText(QByteArray(2'000'000, 'x')).contains(QStringLiteral("2,000,000")));
    QVERIFY(payloadText("[" + QByteArray("1, ").repeated(500'000) + "2]").size() < 101'000);
}

void TestDetailPane::searchesLog()
{
    write("alpha\nbeta\nalphabet\ngamma\n");
    LogPane pane;
    pane.resize(600, 200);
    pane.show();
    QVERIFY(QTest::qWaitForWindowExposed(&pane));
    pane.setLog(path(), {});
    auto *view = pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"));
    auto *box = pane.findChild<QLineEdit *>(QStringLiteral("logSearch"));
    auto *found = pane.findChild<QLabel *>(QStringLiteral("logFound"));
    EVENTUALLY(view->toPlainText().contains(QStringLiteral("gamma")));
    QTest::keyClicks(box, QStringLiteral("alpha"));
    EVENTUALLY(found->text().contains(QLatin1Char('2')));
    QCOMPARE(view->extraSelections().size(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(view->textCursor().selectedText(), QStringLiteral("alpha"), patience);
    const int first = view->textCursor().position();
    QTest::mouseClick(pane.findChild<QToolButton *>(QStringLiteral("findNextButton")), Qt::LeftButton);
    const int second = view->textCursor().position();
    QVERIFY(second != first);
    QTest::mouseClick(pane.findChild<QToolButton *>(QStringLiteral("findNextButton")), Qt::LeftButton);
    QCOMPARE(view->textCursor().position(), first); // continues at the beginning
    QTest::mouseClick(pane.findChild<QToolButton *>(QStringLiteral("findPreviousButton")), Qt::LeftButton);
    QCOMPARE(view->textCursor().position(), second);
    QTest::keyClicks(box, QStringLiteral("zzz"));
    QTRY_COMPARE_WITH_TIMEOUT(found->text(), QStringLiteral("No matches"), patience);
    QTest::keyClick(box, Qt::Key_Escape);
    QCOMPARE(box->text(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(view->extraSelections().size(), 0, patience);
}

void TestDetailPane::updatesMarksWhenLogGrows()
{
    write("begin\n");
    LogPane pane;
    pane.setLog(path(), {});
    auto *view = pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"));
    auto *box = pane.findChild<QLineEdit *>(QStringLiteral("logSearch"));
    auto *found = pane.findChild<QLabel *>(QStringLiteral("logFound"));
    QTRY_COMPARE_WITH_TIMEOUT(view->toPlainText(), QStringLiteral("begin"), patience);
    box->setText(QStringLiteral("alpha"));
    QTRY_COMPARE_WITH_TIMEOUT(found->text(), QStringLiteral("No matches"), patience);
    int line = 0;
    const auto add = [&](const QByteArray &text) {
        // Wait for the end of the text, which is unique.
        const QByteArray end = " end" + QByteArray::number(++line);
        write(text + end, QIODevice::Append);
        EVENTUALLY(view->toPlainText().endsWith(QString::fromUtf8(end)));
        const qsizetype expected = view->toPlainText().count(QStringLiteral("alpha"));
        QCOMPARE(view->extraSelections().size(), std::min<qsizetype>(expected, 500));
        QVERIFY2(found->text().contains(expected == 0    ? QStringLiteral("No matches")
                                        : expected < 500 ? QString::number(expected)
                                                         : QStringLiteral("500 matches or more")),
                 qPrintable(found->text()));
        for (const QTextEdit::ExtraSelection &mark : view->extraSelections()) {
            QCOMPARE(mark.cursor.selectedText(), QStringLiteral("alpha"));
        }
    };
    add("alpha alpha\n");
    write("\nal", QIODevice::Append);
    EVENTUALLY(view->toPlainText().endsWith(QStringLiteral("\nal")));
    QCOMPARE(view->extraSelections().size(), 2);
    add("pha, in two pieces, and alpha");
    add("\n");
    add(QByteArray("alpha\nbeta\n").repeated(300));
    add(QByteArray("alpha\n").repeated(400)); // more matches than are marked
    add(QByteArray("gamma\n").repeated(4900)); // most matches are removed with the oldest lines; the others are marked
    add(QByteArray("gamma\n").repeated(4000));
    add(QByteArray("gamma\n").repeated(5100)); // all matches are removed
    QCOMPARE(found->text(), QStringLiteral("No matches"));
    add("alpha\n");
    // A log that is replaced is searched from its beginning.
    write("alpha\nalpha\n");
    QTRY_COMPARE_WITH_TIMEOUT(view->toPlainText(), QStringLiteral("alpha\nalpha"), patience);
    QCOMPARE(view->extraSelections().size(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(found->text(), QStringLiteral("2 matches"), patience);
    pane.findChild<QToolButton *>(QStringLiteral("onlyMatchingButton"))->setChecked(true);
    QCOMPARE(view->extraSelections().size(), 2);
    box->setText(QStringLiteral("pha"));
    QTRY_COMPARE_WITH_TIMEOUT(view->extraSelections().value(0).cursor.selectedText(), QStringLiteral("pha"), patience);
    QCOMPARE(view->extraSelections().size(), 2);
}

void TestDetailPane::showsOnlyMatchingLines()
{
    write("job 1 done\nwarning: slow\njob 2 done\n");
    LogPane pane;
    pane.setLog(path(), {});
    auto *view = pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"));
    auto *only = pane.findChild<QToolButton *>(QStringLiteral("onlyMatchingButton"));
    EVENTUALLY(view->toPlainText().contains(QStringLiteral("job 2")));
    QTest::keyClicks(pane.findChild<QLineEdit *>(QStringLiteral("logSearch")), QStringLiteral("WARN"));
    only->setChecked(true);
    QTRY_COMPARE_WITH_TIMEOUT(view->toPlainText(), QStringLiteral("warning: slow"), patience);
    // A line that is read in two pieces is filtered when it is complete.
    QSignalSpy pieces(pane.findChild<LogFollower *>(), &LogFollower::textRead);
    write("job 3 done\nwarn", QIODevice::Append);
    QTRY_COMPARE_WITH_TIMEOUT(pieces.size(), 1, patience);
    write("ing: again\n", QIODevice::Append);
    QTRY_COMPARE_WITH_TIMEOUT(view->toPlainText(), QStringLiteral("warning: slow\nwarning: again"), patience);
    only->setChecked(false);
    QCOMPARE(view->toPlainText(), QStringLiteral("job 1 done\nwarning: slow\njob 2 done\njob 3 done\nwarning: again"));
}

void TestDetailPane::keepsPositionWhenNotFollowing()
{
    write(QByteArray("line\n").repeated(300));
    LogPane pane;
    pane.resize(600, 200);
    pane.show();
    QVERIFY(QTest::qWaitForWindowExposed(&pane));
    pane.setLog(path(), {});
    auto *view = pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"));
    auto *follow = pane.findChild<QToolButton *>(QStringLiteral("followLogButton"));
    QScrollBar *bar = view->verticalScrollBar();
    EVENTUALLY(bar->maximum() > 0 && bar->value() == bar->maximum());
    QTest::keyClick(view, Qt::Key_Home, Qt::ControlModifier);
    bar->triggerAction(QAbstractSlider::SliderToMinimum); // like the mouse wheel and the scroll bar
    QVERIFY(!follow->isChecked());
    write("more\n", QIODevice::Append);
    EVENTUALLY(view->toPlainText().endsWith(QStringLiteral("more")));
    QCOMPARE(bar->value(), 0);
    follow->click();
    QCOMPARE(bar->value(), bar->maximum());
}

void TestDetailPane::showsWorker()
{
    write("hello from the worker\n");
    DetailPane pane;
    QSignalSpy stops(&pane, &DetailPane::stopRequested);
    QSignalSpy jobs(&pane, &DetailPane::jobRequested);
    QSignalSpy events(&pane, &DetailPane::eventsRequested);
    WorkerInfo info = makeWorker(0, 12);
    info.logPath = path();
    pane.showWorker(info);
    pane.show();
    QVERIFY(QTest::qWaitForWindowExposed(&pane));
    QCOMPARE(pane.findChild<QLabel *>(QStringLiteral("detailName"))->text(), QStringLiteral("noop-0"));
    QVERIFY(pane.findChild<QLabel *>(QStringLiteral("detailFacts"))->text().contains(QStringLiteral("job 12")));
    EVENTUALLY(
        pane.findChild<QPlainTextEdit *>(QStringLiteral("logView"))->toPlainText().contains(QStringLiteral("hello")));
    auto *tabs = pane.findChild<QTabWidget *>(QStringLiteral("detailTabs"));
    QCOMPARE(tabs->currentIndex(), 0);
    tabs->setCurrentIndex(1);
    QVERIFY(!jobs.isEmpty());
    QCOMPARE(jobs.last().first().toLongLong(), 12);
    pane.setJob(12, makeJob(12));
    QVERIFY(pane.findChild<QTextBrowser *>(QStringLiteral("jobDetailText"))
                ->toPlainText()
                .contains(QStringLiteral("<classes>.puml")));
    tabs->setCurrentIndex(2);
    QVERIFY(!events.isEmpty());
    QCOMPARE(events.last().at(1).toString(), info.executorId);
    // When the worker gets another job, that job is requested.
    tabs->setCurrentIndex(1);
    info.jobId = 13;
    pane.showWorker(info);
    QTRY_COMPARE_WITH_TIMEOUT(jobs.last().first().toLongLong(), 13, patience);
    QTest::mouseClick(pane.findChild<QPushButton *>(QStringLiteral("stopWorkerButton")), Qt::LeftButton);
    QCOMPARE(stops.size(), 1);
    info.own = false; // of another manager, which takes commands
    pane.showWorker(info);
    QVERIFY(pane.findChild<QPushButton *>(QStringLiteral("stopWorkerButton"))->isEnabled());
    info.pool.clear(); // of another program
    pane.showWorker(info);
    QVERIFY(!pane.findChild<QPushButton *>(QStringLiteral("stopWorkerButton"))->isEnabled());
    QVERIFY(!pane.findChild<QPushButton *>(QStringLiteral("stopWorkerButton"))->toolTip().isEmpty());
}

void TestDetailPane::showsJob()
{
    DetailPane pane;
    pane.resize(900, 300);
    QSignalSpy jobs(&pane, &DetailPane::jobRequested);
    QSignalSpy opened(&pane, &DetailPane::openRequested);
    pane.showJob(7, nullptr);
    pane.show();
    QVERIFY(QTest::qWaitForWindowExposed(&pane));
    QCOMPARE(jobs.last().first().toLongLong(), 7);
    pane.setJob(7, makeJob(7));
    auto *text = pane.findChild<QTextBrowser *>(QStringLiteral("jobDetailText"));
    QVERIFY(text->toPlainText().startsWith(QStringLiteral("line 3: Syntax Error?")));
    QVERIFY(pane.findChild<QLabel *>(QStringLiteral("detailFacts"))->text().contains(QStringLiteral("failed")));
    QVERIFY(pane.findChild<QPushButton *>(QStringLiteral("killWorkerButton"))->isHidden());
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("file:///courses/a%20%26%20b/%3Cclasses%3E.puml")));
    QCOMPARE(opened.last().first().toString(), makeJob(7).inputFile);
    QTest::mouseClick(pane.findChild<QToolButton *>(QStringLiteral("copyPayloadButton")), Qt::LeftButton);
    QCOMPARE(QApplication::clipboard()->text(), QString::fromUtf8(makeJob(7).payload));
    // The last tab is remembered separately for workers and jobs.
    auto *tabs = pane.findChild<QTabWidget *>(QStringLiteral("detailTabs"));
    QCOMPARE(tabs->currentIndex(), 1);
    pane.showWorker(makeWorker(1));
    QCOMPARE(tabs->currentIndex(), 0);
    pane.showJob(8, nullptr);
    QCOMPARE(tabs->currentIndex(), 1);
    pane.setJob(8, failure(ErrorCode::NotFound, QStringLiteral("not found")));
    QCOMPARE(text->placeholderText(), QStringLiteral("not found"));
}

void TestDetailPane::formatsLargePayloadsInBackground()
{
    JobDetailView detail;
    auto *text = detail.findChild<QTextBrowser *>(QStringLiteral("jobDetailText"));
    Job large = makeJob(7);
    large.payload = QJsonDocument(QJsonObject{{QStringLiteral("data"), QStringLiteral("line\n").repeated(10'000'000)}})
                        .toJson(QJsonDocument::Compact);
    QVERIFY(large.payload.size() > 50'000'000);
    detail.setJob(large, {});
    // All other values are shown at once; the payload is formatted on another thread.
    QVERIFY(text->toPlainText().contains(QStringLiteral("<classes>.puml")));
    QVERIFY(text->toPlainText().contains(QStringLiteral("Loading")));
    QVERIFY(!text->toPlainText().contains(QStringLiteral("50,000,000 characters")));
    EVENTUALLY(text->toPlainText().contains(QStringLiteral("50,000,000 characters")));
    QVERIFY(text->toPlainText().size() < 10'000);
    // New values of the same job do not cause the payload to be formatted again.
    large.attempts = 3;
    detail.setJob(large, {});
    QVERIFY(text->toPlainText().contains(QStringLiteral("50,000,000 characters")));
    QVERIFY(text->toPlainText().contains(QStringLiteral("3 of at most")));

    // The formatted payload of a job that is no longer shown is dropped.
    large.id = 8;
    large.payload.chop(2);
    detail.setJob(large, {});
    detail.setJob(makeJob(9), {});
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
    QVERIFY(text->toPlainText().contains(QStringLiteral("short")));
    detail.setJob(large, {});
    detail.showPlaceholder(QStringLiteral("none"));
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
    QVERIFY(text->toPlainText().isEmpty());
    auto closedView = std::make_unique<JobDetailView>();
    closedView->setJob(large, {});
    closedView.reset();
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
}

void TestDetailPane::dropsRepliesToOutdatedRequests()
{
    DetailPane pane;
    pane.showJob(7, nullptr);
    pane.showJob(8, nullptr);
    pane.setJob(7, makeJob(7));
    auto *text = pane.findChild<QTextBrowser *>(QStringLiteral("jobDetailText"));
    QVERIFY(text->toPlainText().isEmpty());
    Event event;
    event.id = 1;
    event.kind = EventKind::JobReturned;
    pane.setEvents(7, {}, {event});
    auto *events = pane.findChild<LiveTable *>(QStringLiteral("detailEventsView"));
    QCOMPARE(events->model()->rowCount(), 0);
    pane.setEvents(8, {}, {event});
    QCOMPARE(events->model()->rowCount(), 1);
}

void TestDetailPane::eventKindsHaveTexts()
{
    for (const char *kind :
         {"pool_starting", "pool_started", "pool_stopping", "pool_stopped", "pool_crash_looping", "worker_starting",
          "worker_registered", "worker_stopping", "worker_stopped", "worker_failed", "worker_suspect", "worker_hung",
          "job_returned", "job_interrupted", "job_given_up", "rescued", "cleaned_up"}) {
        Event event;
        event.kind = eventKindFromString(QLatin1String(kind));
        QVERIFY2(!eventKindAppearance(event.kind).text.isEmpty(), kind);
        QVERIFY(!eventKindText(event).contains(QLatin1Char('_')));
    }
    Event unknown;
    unknown.unknownKind = QStringLiteral("moon_landed");
    QCOMPARE(eventKindText(unknown), QStringLiteral("moon landed"));
    QVERIFY(eventKindAppearance(unknown.kind).text.isEmpty());
}

QTEST_MAIN(TestDetailPane)
#include "tst_detailpane.moc"
