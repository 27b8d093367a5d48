// SPDX-License-Identifier: GPL-3.0-or-later
// Tests dropping files and folders onto the window, with a real store.
#include "core/model/jobcounts.h"
#include "core/submit/jobadder.h"
#include "places.h"
#include "tests/support/inputs.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboardsession.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/mainwindow.h"
#include "ui/theme/theme.h"
#include "ui/views/dropoverlay.h"
#include "ui/views/progressindicator.h"

#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDropOverlay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void addsDroppedFilesAfterPreview();
    void addsNothingWhenCancelled();
    void showsAndHidesOverlay();
    void showsReasonOfRefusal_data();
    void showsReasonOfRefusal();
    void refusesDropWhileDialogIsOpen();
    void acceptsFilesOverTextFields();
    void ignoresDraggedText();
    void showsProgressOfLongOperations();

private:
    void start(bool readOnly = false);
    QString write(const char *name) const { return writeInput(*m_folder, s(name)); }
    [[nodiscard]] bool isReady() const { return m_window->findChild<QPushButton *>(s("addJobsButton"))->isEnabled(); }
    [[nodiscard]] QWidget *overlay() const { return m_window->findChild<QWidget *>(s("dropOverlay")); }
    bool enter(QWidget *over, const QMimeData &data);
    void leave(QWidget *over);
    /// Returns the action that a drop would have; Qt::IgnoreAction if it would be refused.
    Qt::DropAction move(QWidget *over, const QMimeData &data);
    bool drop(QWidget *over, const QMimeData &data, Qt::DropAction *done = nullptr);
    AddJobsDialog *dialog() const { return m_window->findChild<AddJobsDialog *>(); }
    qint64 waitingJobs();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<DashboardSession> m_session;
    std::unique_ptr<MainWindow> m_window;
};

void TestDropOverlay::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    theme::apply(*qApp, theme::Mode::Light);
    QCoreApplication::setOrganizationName(s("lifeguard-test"));
}

void TestDropOverlay::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder->filePath(s("state"))));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder->filePath(s("config")));
    QVERIFY(QDir(m_folder->path()).mkdir(s("ws")));
}

void TestDropOverlay::cleanup()
{
    m_window.reset();
    m_session.reset();
}

void TestDropOverlay::start(bool readOnly)
{
    cleanup();
    DashboardOptions options;
    options.workspace = m_folder->filePath(s("ws"));
    options.database = m_folder->filePath(s("clx_jobs.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.readOnly = readOnly;
    m_session = std::make_unique<DashboardSession>(options);
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_session->open();
    EVENTUALLY(m_session->isReady());
}

bool TestDropOverlay::enter(QWidget *over, const QMimeData &data)
{
    QDragEnterEvent event(over->rect().center(), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton,
                          Qt::NoModifier);
    event.ignore();
    QCoreApplication::sendEvent(over, &event);
    return event.isAccepted();
}

void TestDropOverlay::leave(QWidget *over)
{
    QDragLeaveEvent event;
    QCoreApplication::sendEvent(over, &event);
}

Qt::DropAction TestDropOverlay::move(QWidget *over, const QMimeData &data)
{
    QDragMoveEvent event(over->rect().center(), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(over, &event);
    return event.isAccepted() ? event.dropAction() : Qt::IgnoreAction;
}

bool TestDropOverlay::drop(QWidget *over, const QMimeData &data, Qt::DropAction *done)
{
    QDropEvent event(over->rect().center(), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    event.setDropAction(Qt::MoveAction); // as some file managers propose
    QCoreApplication::sendEvent(over, &event);
    if (done) {
        *done = event.dropAction();
    }
    return event.isAccepted();
}

qint64 TestDropOverlay::waitingJobs()
{
    qint64 waiting = 0;
    const QHash<QString, JobCounts> counts = m_session->snapshot().counts;
    for (const JobCounts &typeCounts : counts) {
        waiting += typeCounts.pending;
    }
    return waiting;
}

void TestDropOverlay::addsDroppedFilesAfterPreview()
{
    write("ws/deep/one.puml");
    write("ws/deep/two.puml");
    write("other/gr\xc3\xbc\xc3\x9f 100%.puml");
    start();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(m_folder->filePath(s("ws/deep"))),
                  QUrl::fromLocalFile(m_folder->filePath(s("other/gr\xc3\xbc\xc3\x9f 100%.puml")))});
    QVERIFY(enter(m_window.get(), data));
    QVERIFY(overlay()->isVisible());
    QVERIFY(move(m_window.get(), data) == Qt::CopyAction);
    Qt::DropAction done = Qt::IgnoreAction;
    QVERIFY(drop(m_window.get(), data, &done));
    QVERIFY2(done == Qt::CopyAction, "after a move, the file manager would delete the files");
    QVERIFY(!overlay()->isVisible());
    EVENTUALLY(dialog() && dialog()->isVisible());
    auto *add = dialog()->findChild<QPushButton *>(s("addButton"));
    QTRY_COMPARE_WITH_TIMEOUT(add->text(), s("Add 2 jobs"), patience); // the third file is outside the workspace
    dialog()->findChild<QAbstractButton *>(s("copyInCheck"))->click();
    QTRY_COMPARE_WITH_TIMEOUT(add->text(), s("Add 3 jobs"), patience);
    add->click();
    QTRY_COMPARE_WITH_TIMEOUT(waitingJobs(), 3, patience);
    QVERIFY(QFileInfo::exists(m_folder->filePath(s("ws/input/gr\xc3\xbc\xc3\x9f 100%.puml"))));
    EVENTUALLY(!dialog());
}

void TestDropOverlay::addsNothingWhenCancelled()
{
    write("ws/one.puml");
    start();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(m_folder->filePath(s("ws/one.puml")))});
    QVERIFY(enter(m_window.get(), data));
    QVERIFY(drop(m_window.get(), data));
    EVENTUALLY(dialog() && dialog()->findChild<QPushButton *>(s("addButton"))->isEnabled());
    dialog()->reject();
    EVENTUALLY(!dialog());
    QVERIFY(!m_session->adder().state().active);
    QCOMPARE(waitingJobs(), 0);
}

void TestDropOverlay::showsAndHidesOverlay()
{
    const QString path = write("ws/one.puml");
    start();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QVERIFY(!overlay()->isVisible());
    QVERIFY(enter(m_window.get(), data));
    QVERIFY(overlay()->isVisible());
    QCOMPARE(overlay()->geometry(), m_window->rect());
    m_window->resize(m_window->size() - QSize(40, 40));
    QCOMPARE(overlay()->size(), m_window->size());
    leave(m_window.get());
    EVENTUALLY(!overlay()->isVisible());
    QVERIFY(!dialog());
}

void TestDropOverlay::showsReasonOfRefusal_data()
{
    QTest::addColumn<bool>("readOnly");
    QTest::addColumn<QString>("url");
    QTest::newRow("read-only database") << true << s("file:///tmp/one.puml");
    QTest::newRow("web address") << false << s("https://example.org/one.puml");
}

void TestDropOverlay::showsReasonOfRefusal()
{
    QFETCH(bool, readOnly);
    QFETCH(QString, url);
    start();
    if (readOnly) {
        start(true);
    }
    QMimeData data;
    data.setUrls({QUrl(url)});
    QVERIFY2(enter(m_window.get(), data), "the event was not accepted, so no leave event would follow");
    QVERIFY2(overlay()->isVisible(), "the refusal is not shown");
    QVERIFY2(!overlay()->accessibleDescription().isEmpty(), "screen readers cannot read the reason");
    if (readOnly) {
        QVERIFY2(overlay()->accessibleDescription().contains(s("read-only")),
                 qPrintable(overlay()->accessibleDescription()));
    }
    QVERIFY(move(m_window.get(), data) == Qt::IgnoreAction);
    QVERIFY(!drop(m_window.get(), data));
    QVERIFY(!overlay()->isVisible());
    QCoreApplication::processEvents(); // a drop would be handled after the event and open the dialog
    QVERIFY(!dialog());
}

void TestDropOverlay::refusesDropWhileDialogIsOpen()
{
    const QString path = write("ws/one.puml");
    start();
    m_window->findChild<QPushButton *>(s("addJobsButton"))->click();
    EVENTUALLY(dialog() && dialog()->isVisible());
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    enter(m_window.get(), data);
    QVERIFY(move(m_window.get(), data) == Qt::IgnoreAction);
    QVERIFY(!drop(m_window.get(), data));
    QCOMPARE(m_window->findChildren<AddJobsDialog *>().size(), 1);
}

void TestDropOverlay::acceptsFilesOverTextFields()
{
    const QString path = write("ws/one.puml");
    start();
    auto *search = m_window->findChild<QLineEdit *>(s("jobSearch"));
    QVERIFY(search);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    data.setText(path); // file managers provide both
    QVERIFY(enter(search, data));
    QVERIFY(overlay()->isVisible());
    QVERIFY(drop(search, data));
    EVENTUALLY(dialog());
    QVERIFY(search->text().isEmpty());
}

void TestDropOverlay::ignoresDraggedText()
{
    start();
    QMimeData data;
    data.setText(s("just words"));
    QVERIFY(!enter(m_window.get(), data));
    QVERIFY(!overlay()->isVisible());
}

void TestDropOverlay::showsProgressOfLongOperations()
{
    start();
    auto *indicator = m_window->findChild<ProgressIndicator *>(s("progressIndicator"));
    QVERIFY(!indicator->isVisible());
    AddingState state;
    state.active = true;
    state.text = s("Reading 5 files…");
    state.done = 6'000'000'000;
    state.total = 8'000'000'000; // bytes, more than an int holds
    indicator->setState(state);
    QVERIFY2(!indicator->isVisible(), "the indicator is shown without a delay");
    EVENTUALLY(indicator->isVisible());
    auto *bar = indicator->findChild<QProgressBar *>();
    QCOMPARE(bar->value() * 100 / bar->maximum(), 75);
    auto *cancel = indicator->findChild<QToolButton *>(s("cancelProgressButton"));
    QVERIFY(cancel->isEnabled());
    state.notCancellable = s("being written");
    indicator->setState(state);
    QVERIFY(!cancel->isEnabled());
    QCOMPARE(cancel->toolTip(), s("being written"));
    indicator->setState({});
    QVERIFY(!indicator->isVisible());
}

QTEST_MAIN(TestDropOverlay)
#include "tst_dropoverlay.moc"
