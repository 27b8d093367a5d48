// SPDX-License-Identifier: GPL-3.0-or-later
// What the dialog for adding jobs shows of files and folders before anything is made, and what it answers. Jobs without
// files are in tst_payloadjobspage.cpp.
#include "tests/support/testhelpers.h"
#include "tests/ui/addjobstest.h"
#include "ui/models/planmodel.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QUrl>

using namespace lifeguard;
using namespace lifeguard::test;

class TestAddJobsDialog : public AddJobsTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void init() { begin(); }
    void cleanup() { m_dialog.reset(); }
    void beginsEmptyAndSaysWhy();
    void showsWhatIsMade();
    void filtersThePreview();
    void outsideIsOfferedToBeCopied();
    void formatOfAType();
    void oddNames_data();
    void oddNames();
    void loopsOfLinksEnd();
    void pathsAreTakenOffTheList();
    void newerQuestionWins();
    void closedWhileItSearches();
    void poolsThatAreMissingAreSaid();
    void filesAreDropped();
    void byKeyboard();
    void everythingHasAName();
};

void TestAddJobsDialog::beginsEmptyAndSaysWhy()
{
    open();
    QVERIFY(!ok()->isEnabled());
    EVENTUALLY(ok()->toolTip().contains(s("Choose files")));
    QVERIFY(!child<QCheckBox>("copyInCheck")->isEnabled());
    QVERIFY(!child<QCheckBox>("copyInCheck")->toolTip().isEmpty());
    QVERIFY(!child<QPushButton>("removePathButton")->isEnabled());
    QVERIFY(!child<QPushButton>("removePathButton")->toolTip().isEmpty());
    m_dialog->addPaths({});
    EVENTUALLY(isPlanned());
    QVERIFY(!ok()->isEnabled());
}

void TestAddJobsDialog::showsWhatIsMade()
{
    write(s("ws/one.puml"));
    write(s("ws/deep/two.puml"));
    write(s("ws/readme.xyz"));
    write(s("ws/output/deep/two.png"), "made before");
    open();
    give({path("ws")});
    QCOMPARE(rows(),
             (QStringList{s("deep/two.puml | plantuml | output/deep/two.png | Will replace the existing output"),
                          s("one.puml | plantuml | output/one.png | "),
                          s("readme.xyz |  |  | Skipped: no converter for this kind of file")}));
    QVERIFY(ok()->isEnabled());
    QCOMPARE(ok()->text(), s("Add 2 jobs"));
    const QString summary = child<QLabel>("planSummary")->text();
    QVERIFY2(summary.contains(s("2 jobs")) && summary.contains(s("1 existing output will be replaced"))
                 && summary.contains(s("1 file skipped")) && !summary.contains(s("outside")),
             qPrintable(summary));
    QVERIFY2(!QFileInfo::exists(path("ws/output/one.png")), "showing writes nothing");
    child<QSpinBox>("jobPriority")->setValue(7);
    ok()->click();
    QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
    QVERIFY(m_dialog->plan());
    QCOMPARE(m_dialog->plan()->jobs.size(), 2);
    QCOMPARE(m_dialog->priority(), 7);
}

void TestAddJobsDialog::filtersThePreview()
{
    write(s("ws/one.puml"));
    write(s("ws/readme.xyz"));
    open();
    give({path("ws")});
    auto *filter = child<QComboBox>("planFilter");
    QVERIFY2(filter->findText(s("Replaced"), Qt::MatchStartsWith) < 0, "offers what there is none of");
    filter->setCurrentIndex(filter->findData(int(PlanModel::Filter::Skipped)));
    QCOMPARE(rows(), QStringList{s("readme.xyz |  |  | Skipped: no converter for this kind of file")});
    filter->setCurrentIndex(filter->findData(int(PlanModel::Filter::Jobs)));
    QCOMPARE(rows(), QStringList{s("one.puml | plantuml | output/one.png | ")});
    QCOMPARE(ok()->text(), s("Add 1 job")); // what is hidden is not what is left out
    // What was chosen stays as long as there is any of it.
    write(s("other/two.puml"));
    write(s("ws/three.puml"));
    give({path("ws/three.puml"), path("other")});
    QCOMPARE(filter->currentData().toInt(), int(PlanModel::Filter::Jobs));
    QCOMPARE(preview()->rowCount(), 2);
}

void TestAddJobsDialog::outsideIsOfferedToBeCopied()
{
    const QString outside = write(s("other/a.puml"));
    open();
    give({outside});
    QVERIFY(!ok()->isEnabled());
    QVERIFY2(rows().first().contains(s("outside the workspace")), qPrintable(rows().first()));
    QVERIFY2(child<QLabel>("planSummary")->text().contains(s("1 outside the workspace")),
             qPrintable(child<QLabel>("planSummary")->text()));
    auto *copyIn = child<QCheckBox>("copyInCheck");
    QVERIFY(copyIn->isEnabled());
    QVERIFY2(copyIn->text().contains(s("ws/input")), "it does not say where to");
    copyIn->click();
    QVERIFY(!ok()->isEnabled());
    EVENTUALLY(ok()->isEnabled());
    QVERIFY2(rows().first().endsWith(s("copied to input/a.puml")), qPrintable(rows().first()));
    QVERIFY2(!QFileInfo::exists(path("ws/input")), "showing copies nothing");
    QVERIFY(copyIn->isEnabled()); // it can be taken back
    copyIn->click();
    EVENTUALLY(isPlanned());
    QVERIFY(!ok()->isEnabled());
}

void TestAddJobsDialog::formatOfAType()
{
    write(s("ws/one.puml"));
    open();
    give({path("ws")});
    auto *format = child<QComboBox>("jobFormat-plantuml");
    QVERIFY(format);
    QCOMPARE(format->currentText(), s("png"));
    format->setCurrentText(s("svg"));
    EVENTUALLY(ok()->isEnabled() && rows().first().contains(s("one.svg")));
    QCOMPARE(m_dialog->plan()->jobs.first().job.outputFile, path("ws/output/one.svg"));
    // Chosen once, it holds for what is added later.
    write(s("ws2/two.puml"));
    child<QCheckBox>("copyInCheck")->setChecked(true);
    give({path("ws2")});
    QCOMPARE(m_dialog->plan()->jobs.size(), 2);
    QVERIFY(m_dialog->plan()->jobs.at(1).job.outputFile.endsWith(s(".svg")));
}

void TestAddJobsDialog::oddNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("blanks") << s(" two  blanks .puml");
    QTest::newRow("umlauts") << s("gr\xc3\xbc\xc3\x9f.puml");
    QTest::newRow("percent") << s("100%1 %20.puml");
    QTest::newRow("newline") << s("line\nbreak.puml");
    QTest::newRow("ampersand and markup") << s("<b>a&b</b>.puml").replace(QLatin1Char('/'), QLatin1Char('_'));
    QTest::newRow("quote") << s("it's \"quoted\".puml");
}

void TestAddJobsDialog::oddNames()
{
    QFETCH(QString, name);
    const QString input = write(s("ws/") + name);
    open();
    give({input});
    QVERIFY(ok()->isEnabled());
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, input);
    QVERIFY2(!rows().first().contains(QLatin1Char('\n')), "a line break tears the row apart");
    QVERIFY(!child<QListWidget>("jobPaths")->item(0)->text().contains(QLatin1Char('\n')));
    QVERIFY2(!rows().first().isEmpty() && rows().first().contains(s("output/")), qPrintable(rows().first()));
}

void TestAddJobsDialog::loopsOfLinksEnd()
{
    write(s("ws/deep/one.puml"));
    QVERIFY(QFile::link(path("ws"), path("ws/deep/loop")));
    open();
    give({path("ws")});
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
    QVERIFY2(rows().join(QLatin1Char('\n')).contains(s("link")), "what was not followed is not named");
}

void TestAddJobsDialog::pathsAreTakenOffTheList()
{
    const QString one = write(s("ws/one.puml"));
    const QString two = write(s("ws/two.puml"));
    open();
    give({one, two, one});
    auto *list = child<QListWidget>("jobPaths");
    QCOMPARE(list->count(), 2); // each once
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(list->count(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(ok()->text(), s("Add 1 job"), patience);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, two);
    list->setCurrentRow(0);
    child<QPushButton>("removePathButton")->click();
    EVENTUALLY(isPlanned());
    QCOMPARE(preview()->rowCount(), 0);
    QVERIFY(!ok()->isEnabled());
}

void TestAddJobsDialog::newerQuestionWins()
{
    for (int i = 0; i < 10'000; ++i) {
        write(s("ws/many/%1.puml").arg(i), {});
    }
    const QString one = write(s("ws/one.puml"));
    open();
    m_dialog->addPaths({path("ws/many")});
    auto *list = child<QListWidget>("jobPaths");
    QVERIFY(searchBegins());
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Delete);
    endThreads();
    QVERIFY2(!child<QLabel>("planSummary")->text().contains(s("ancelled")),
             "the end of the older search is told as an error");
    give({one});
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);

    // Asked anew while it searches, and not only once it was told to end: the older answer comes to nothing.
    m_dialog->addPaths({path("ws/many")});
    QVERIFY(searchBegins());
    list->setCurrentRow(1);
    QTest::keyClick(list, Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(ok()->text(), s("Add 1 job"), patience);
    endThreads();
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
}

void TestAddJobsDialog::closedWhileItSearches()
{
    for (int i = 0; i < 10'000; ++i) {
        write(s("ws/%1.puml").arg(i), {});
    }
    open();
    m_dialog->addPaths({path("ws")});
    QVERIFY(searchBegins());
    m_dialog->reject();
    m_dialog.reset();
    endThreads(); // an answer that comes now finds nobody
}

void TestAddJobsDialog::poolsThatAreMissingAreSaid()
{
    write(s("ws/one.puml"));
    AddJobsContext context;
    context.workspace = path("ws");
    m_dialog = std::make_unique<AddJobsDialog>(context);
    m_dialog->show();
    give({path("ws")});
    QVERIFY(child<QLabel>("planUnservedTypes")->text().contains(s("plantuml")));
    open(); // where a pool of it runs
    give({path("ws")});
    QVERIFY(child<QLabel>("planUnservedTypes")->text().isEmpty());
}

void TestAddJobsDialog::filesAreDropped()
{
    const QString one = write(s("ws/one 1%.puml"));
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(one), QUrl(s("https://example.org/two.puml"))});
    const QPoint middle = m_dialog->rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_dialog.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    drop.setDropAction(Qt::MoveAction); // as a file manager proposes it
    QCoreApplication::sendEvent(m_dialog.get(), &drop);
    QVERIFY(drop.isAccepted());
    QVERIFY2(drop.dropAction() == Qt::CopyAction, "the one who gives would delete the file");
    QCOMPARE(child<QTabWidget>("jobSourceTabs")->currentIndex(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(ok()->text(), s("Add 1 job"), patience);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, one);

    QMimeData text;
    text.setText(s("just words"));
    QDragEnterEvent words(middle, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
    words.ignore();
    QCoreApplication::sendEvent(m_dialog.get(), &words);
    QVERIFY(!words.isAccepted());
}

void TestAddJobsDialog::byKeyboard()
{
    write(s("ws/one.puml"));
    open();
    give({path("ws")});
    const auto *format = child<QWidget>("jobFormat-plantuml");
    EVENTUALLY(format && format->isVisible()); // laid out with the next turn of the event loop
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    child<QListWidget>("jobPaths")->setFocus();
    QSet<QString> reached;
    for (int i = 0; i < 20; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.insert(QApplication::focusWidget()->objectName());
    }
    for (const char *name : {"jobPaths", "chooseFilesButton", "chooseFolderButton", "jobFormat-plantuml", "planFilter",
                             "planPreview", "jobPriority", "addButton", "cancelAddButton"}) {
        QVERIFY2(reached.contains(s(name)), name);
    }
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->result(), int(QDialog::Rejected));
}

void TestAddJobsDialog::everythingHasAName()
{
    open();
    for (int page = 0; page < 2; ++page) {
        child<QTabWidget>("jobSourceTabs")->setCurrentIndex(page);
        const auto widgets = m_dialog->findChildren<QWidget *>();
        for (QWidget *widget : widgets) {
            if (widget->isVisible() && widget->focusPolicy() != Qt::NoFocus && !qobject_cast<QLineEdit *>(widget)
                && !widget->inherits("QTabBar")) {
                QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
                QVERIFY2(!widget->accessibleName().isEmpty() || qobject_cast<QPushButton *>(widget),
                         qPrintable(widget->objectName()));
            }
        }
    }
}

QTEST_MAIN(TestAddJobsDialog)
#include "tst_addjobsdialog.moc"
