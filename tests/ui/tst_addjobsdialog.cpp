// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the preview that the dialog for adding jobs shows for files and folders, and the plan that it returns. Jobs
// without files are tested in tst_payloadjobspage.cpp.
#include "tests/support/drawings.h"
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
    void init() { createWorkspace(); }
    void cleanup() { m_dialog.reset(); }
    void emptyListDisablesAddButton();
    void showsPlannedJobs();
    void filtersPreview();
    void copiesFilesFromOutsideOnRequest();
    void addsAllPagesOnRequest();
    void selectsOutputFormat();
    void acceptsUnusualFileNames_data();
    void acceptsUnusualFileNames();
    void doesNotFollowLoopsOfLinks();
    void removesPaths();
    void newerSearchReplacesOlderOne();
    void closesDuringSearch();
    void warnsAboutTypesWithoutPool();
    void acceptsDroppedFiles();
    void canBeUsedWithKeyboard();
    void allControlsHaveNames();
};

void TestAddJobsDialog::emptyListDisablesAddButton()
{
    openDialog();
    QVERIFY(!addButton()->isEnabled());
    EVENTUALLY(addButton()->toolTip().contains(s("Choose files")));
    QVERIFY(!child<QCheckBox>("copyInCheck")->isEnabled());
    QVERIFY(!child<QCheckBox>("copyInCheck")->toolTip().isEmpty());
    QVERIFY(!child<QPushButton>("removePathButton")->isEnabled());
    QVERIFY(!child<QPushButton>("removePathButton")->toolTip().isEmpty());
    m_dialog->addPaths({});
    EVENTUALLY(isPreviewComplete());
    QVERIFY(!addButton()->isEnabled());
}

void TestAddJobsDialog::showsPlannedJobs()
{
    write(s("ws/one.puml"));
    write(s("ws/deep/two.puml"));
    write(s("ws/readme.xyz"));
    write(s("ws/output/deep/two.png"), "made before");
    openDialog();
    addAndWait({path("ws")});
    QCOMPARE(rows(),
             (QStringList{s("deep/two.puml | plantuml | output/deep/two.png | Will replace the existing output"),
                          s("one.puml | plantuml | output/one.png | "),
                          s("readme.xyz |  |  | Skipped: no converter for this kind of file")}));
    QVERIFY(addButton()->isEnabled());
    QCOMPARE(addButton()->text(), s("Add 2 jobs"));
    const QString summary = child<QLabel>("planSummary")->text();
    QVERIFY2(summary.contains(s("2 jobs")) && summary.contains(s("1 existing output will be replaced"))
                 && summary.contains(s("1 file skipped")) && !summary.contains(s("outside")),
             qPrintable(summary));
    QVERIFY2(!QFileInfo::exists(path("ws/output/one.png")), "the preview wrote an output");
    child<QSpinBox>("jobPriority")->setValue(7);
    QVERIFY(!m_dialog->isForced());
    child<QCheckBox>("jobForced")->setChecked(true);
    addButton()->click();
    QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
    QVERIFY(m_dialog->plan());
    QCOMPARE(m_dialog->plan()->jobs.size(), 2);
    QCOMPARE(m_dialog->priority(), 7);
    QVERIFY(m_dialog->isForced());
}

void TestAddJobsDialog::filtersPreview()
{
    write(s("ws/one.puml"));
    write(s("ws/readme.xyz"));
    openDialog();
    addAndWait({path("ws")});
    auto *filter = child<QComboBox>("planFilter");
    QVERIFY2(filter->findText(s("Replacing"), Qt::MatchStartsWith) < 0, "the filter offers an item without rows");
    filter->setCurrentIndex(filter->findData(int(PlanModel::Filter::Skipped)));
    QCOMPARE(rows(), QStringList{s("readme.xyz |  |  | Skipped: no converter for this kind of file")});
    filter->setCurrentIndex(filter->findData(int(PlanModel::Filter::Jobs)));
    QCOMPARE(rows(), QStringList{s("one.puml | plantuml | output/one.png | ")});
    QCOMPARE(addButton()->text(), s("Add 1 job")); // the filter hides rows but removes no jobs
    // The selected filter is kept while it has rows.
    write(s("other/two.puml"));
    write(s("ws/three.puml"));
    addAndWait({path("ws/three.puml"), path("other")});
    QCOMPARE(filter->currentData().toInt(), int(PlanModel::Filter::Jobs));
    QCOMPARE(preview()->rowCount(), 2);
}

void TestAddJobsDialog::copiesFilesFromOutsideOnRequest()
{
    const QString outside = write(s("other/a.puml"));
    openDialog();
    addAndWait({outside});
    QVERIFY(!addButton()->isEnabled());
    QVERIFY2(rows().constFirst().contains(s("outside the workspace")), qPrintable(rows().constFirst()));
    QVERIFY2(child<QLabel>("planSummary")->text().contains(s("1 outside the workspace")),
             qPrintable(child<QLabel>("planSummary")->text()));
    auto *copyIn = child<QCheckBox>("copyInCheck");
    QVERIFY(copyIn->isEnabled());
    QVERIFY2(copyIn->text().contains(s("ws/input")), "the text does not name the target folder");
    copyIn->click();
    QVERIFY(!addButton()->isEnabled());
    EVENTUALLY(addButton()->isEnabled());
    QVERIFY2(rows().constFirst().endsWith(s("copied to input/a.puml")), qPrintable(rows().constFirst()));
    QVERIFY2(!QFileInfo::exists(path("ws/input")), "the preview copied a file");
    QVERIFY(copyIn->isEnabled()); // the choice can be reverted
    copyIn->click();
    EVENTUALLY(isPreviewComplete());
    QVERIFY(!addButton()->isEnabled());
}

/// The choice is offered only if a drawing has several pages.
void TestAddJobsDialog::addsAllPagesOnRequest()
{
    write(s("ws/one.puml"));
    openDialog();
    addAndWait({path("ws/one.puml")});
    auto *allPages = child<QCheckBox>("allPagesCheck");
    QVERIFY(!allPages->isVisible());
    write(s("ws/d.drawio"),
          drawioFile(drawioPage(drawioBox("First"), "Start") + drawioPage(drawioBox("Second"), "End")));
    addAndWait({path("ws/d.drawio")});
    QVERIFY(allPages->isVisible());
    QVERIFY(!allPages->toolTip().isEmpty());
    auto *summary = child<QLabel>("planSummary");
    QVERIFY2(summary->text().contains(s("only one page of 1 drawing")), qPrintable(summary->text()));
    QCOMPARE(preview()->rowCount(), 2);
    allPages->click();
    EVENTUALLY(addButton()->isEnabled() && preview()->rowCount() == 3);
    QVERIFY2(!summary->text().contains(s("only one page")), qPrintable(summary->text()));
    const QString outputs = rows().join(u'\n');
    QVERIFY2(outputs.contains(s("output/d-Start.png")) && outputs.contains(s("output/d-End.png")), qPrintable(outputs));
    QVERIFY2(allPages->isVisible(), "the choice can be reverted");
}

void TestAddJobsDialog::selectsOutputFormat()
{
    write(s("ws/one.puml"));
    openDialog();
    addAndWait({path("ws")});
    auto *format = child<QComboBox>("jobFormat-plantuml");
    QVERIFY(format);
    QCOMPARE(format->currentText(), s("png"));
    format->setCurrentText(s("svg"));
    EVENTUALLY(addButton()->isEnabled() && rows().constFirst().contains(s("one.svg")));
    QCOMPARE(m_dialog->plan()->jobs.first().job.outputFile, path("ws/output/one.svg"));
    // The selected format also applies to files that are added later.
    write(s("ws2/two.puml"));
    child<QCheckBox>("copyInCheck")->setChecked(true);
    addAndWait({path("ws2")});
    QCOMPARE(m_dialog->plan()->jobs.size(), 2);
    QVERIFY(m_dialog->plan()->jobs.at(1).job.outputFile.endsWith(s(".svg")));
}

void TestAddJobsDialog::acceptsUnusualFileNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("spaces") << s(" two  blanks .puml");
    QTest::newRow("umlauts") << s("gr\xc3\xbc\xc3\x9f.puml");
    QTest::newRow("percent") << s("100%1 %20.puml");
    QTest::newRow("line break") << s("line\nbreak.puml");
    QTest::newRow("ampersand and markup") << s("<b>a&b</b>.puml").replace(QLatin1Char('/'), QLatin1Char('_'));
    QTest::newRow("quote") << s("it's \"quoted\".puml");
}

void TestAddJobsDialog::acceptsUnusualFileNames()
{
    QFETCH(QString, name);
    const QString input = write(s("ws/") + name);
    openDialog();
    addAndWait({input});
    QVERIFY(addButton()->isEnabled());
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, input);
    QVERIFY2(!rows().constFirst().contains(QLatin1Char('\n')), "a row contains a line break");
    QVERIFY(!child<QListWidget>("jobPaths")->item(0)->text().contains(QLatin1Char('\n')));
    QVERIFY2(!rows().constFirst().isEmpty() && rows().constFirst().contains(s("output/")),
             qPrintable(rows().constFirst()));
}

void TestAddJobsDialog::doesNotFollowLoopsOfLinks()
{
    write(s("ws/deep/one.puml"));
    QVERIFY(QFile::link(path("ws"), path("ws/deep/loop")));
    openDialog();
    addAndWait({path("ws")});
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
    QVERIFY2(rows().join(QLatin1Char('\n')).contains(s("link")), "the link that was not followed is not listed");
}

void TestAddJobsDialog::removesPaths()
{
    const QString one = write(s("ws/one.puml"));
    const QString two = write(s("ws/two.puml"));
    openDialog();
    addAndWait({one, two, one});
    auto *list = child<QListWidget>("jobPaths");
    QCOMPARE(list->count(), 2); // each path is listed once
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(list->count(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(addButton()->text(), s("Add 1 job"), patience);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, two);
    list->setCurrentRow(0);
    child<QPushButton>("removePathButton")->click();
    EVENTUALLY(isPreviewComplete());
    QCOMPARE(preview()->rowCount(), 0);
    QVERIFY(!addButton()->isEnabled());
}

void TestAddJobsDialog::newerSearchReplacesOlderOne()
{
    for (int i = 0; i < 10'000; ++i) {
        write(s("ws/many/%1.puml").arg(i), {});
    }
    const QString one = write(s("ws/one.puml"));
    openDialog();
    m_dialog->addPaths({path("ws/many")});
    auto *list = child<QListWidget>("jobPaths");
    QVERIFY(waitForSearch());
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Delete);
    endThreads();
    QVERIFY2(!child<QLabel>("planSummary")->text().contains(s("ancelled")),
             "the cancelled search is reported as an error");
    addAndWait({one});
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);

    // Start another search while one is running: the result of the older one is dropped.
    m_dialog->addPaths({path("ws/many")});
    QVERIFY(waitForSearch());
    list->setCurrentRow(1);
    QTest::keyClick(list, Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(addButton()->text(), s("Add 1 job"), patience);
    endThreads();
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
}

void TestAddJobsDialog::closesDuringSearch()
{
    for (int i = 0; i < 10'000; ++i) {
        write(s("ws/%1.puml").arg(i), {});
    }
    openDialog();
    m_dialog->addPaths({path("ws")});
    QVERIFY(waitForSearch());
    m_dialog->reject();
    m_dialog.reset();
    endThreads(); // the result of the search must not be delivered to the destroyed dialog
}

void TestAddJobsDialog::warnsAboutTypesWithoutPool()
{
    write(s("ws/one.puml"));
    AddJobsContext context;
    context.workspace = path("ws");
    m_dialog = std::make_unique<AddJobsDialog>(context);
    m_dialog->show();
    addAndWait({path("ws")});
    QVERIFY(child<QLabel>("planUnservedTypes")->text().contains(s("plantuml")));
    openDialog(); // with a running pool of the type
    addAndWait({path("ws")});
    QVERIFY(child<QLabel>("planUnservedTypes")->text().isEmpty());
}

void TestAddJobsDialog::acceptsDroppedFiles()
{
    const QString one = write(s("ws/one 1%.puml"));
    openDialog();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(one), QUrl(s("https://example.org/two.puml"))});
    const QPoint middle = m_dialog->rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_dialog.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    drop.setDropAction(Qt::MoveAction); // as file managers propose
    QCoreApplication::sendEvent(m_dialog.get(), &drop);
    QVERIFY(drop.isAccepted());
    QVERIFY2(drop.dropAction() == Qt::CopyAction, "after a move, the source of the drag would delete the file");
    QCOMPARE(child<QTabWidget>("jobSourceTabs")->currentIndex(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(addButton()->text(), s("Add 1 job"), patience);
    QCOMPARE(m_dialog->plan()->jobs.first().job.inputFile, one);

    QMimeData text;
    text.setText(s("just words"));
    QDragEnterEvent words(middle, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
    words.ignore();
    QCoreApplication::sendEvent(m_dialog.get(), &words);
    QVERIFY(!words.isAccepted());
}

void TestAddJobsDialog::canBeUsedWithKeyboard()
{
    write(s("ws/one.puml"));
    openDialog();
    addAndWait({path("ws")});
    const auto *format = child<QWidget>("jobFormat-plantuml");
    EVENTUALLY(format && format->isVisible()); // laid out in the next iteration of the event loop
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    child<QListWidget>("jobPaths")->setFocus();
    QSet<QString> reached;
    for (int i = 0; i < 20; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.insert(QApplication::focusWidget()->objectName());
    }
    for (const char *name : {"jobPaths", "chooseFilesButton", "chooseFolderButton", "jobFormat-plantuml", "planFilter",
                             "planPreview", "jobPriority", "jobForced", "addButton", "cancelAddButton"}) {
        QVERIFY2(reached.contains(s(name)), name);
    }
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->result(), int(QDialog::Rejected));
}

void TestAddJobsDialog::allControlsHaveNames()
{
    openDialog();
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
