// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the page for jobs without files in the dialog for adding jobs: its fields, checks and result.
#include "core/model/job.h"
#include "tests/support/testhelpers.h"
#include "tests/ui/addjobstest.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPayloadJobsPage : public AddJobsTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void init() { createWorkspace(); }
    void cleanup() { m_dialog.reset(); }
    void returnsJobWithoutFiles();
    void checksPayloadWhileTyping_data();
    void checksPayloadWhileTyping();
    void checksPayloadOnAccept();
};

void TestPayloadJobsPage::returnsJobWithoutFiles()
{
    openDialog();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    auto *type = child<QComboBox>("payloadType");
    QCOMPARE(type->currentText(), s("noop"));
    QVERIFY(type->findText(s("mine")) >= 0); // a type in the database that Lifeguard does not know
    QVERIFY(type->findText(s("plantuml")) < 0);
    QVERIFY(addButton()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("{ \"sleep_ms\": 20,\n  \"note\": \"gr\xc3\xbc\xc3\x9f\" }"));
    child<QSpinBox>("payloadCount")->setValue(2500);
    child<QSpinBox>("jobPriority")->setValue(-3);
    QTRY_COMPARE_WITH_TIMEOUT(addButton()->text(), s("Add 2,500 jobs"), patience);
    addButton()->click();
    QVERIFY(!m_dialog->plan());
    QCOMPARE(m_dialog->count(), 2500);
    const NewJob job = m_dialog->job();
    QCOMPARE(job.type, s("noop"));
    QCOMPARE(job.priority, -3);
    QCOMPARE(job.payload, QByteArray("{\"note\":\"gr\xc3\xbc\xc3\x9f\",\"sleep_ms\":20}"));
    QVERIFY(job.inputFile.isEmpty());
}

void TestPayloadJobsPage::checksPayloadWhileTyping_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("payload");
    QTest::addColumn<QString>("expected");
    QTest::newRow("empty payload") << s("noop") << QString() << QString();
    QTest::newRow("object") << s("noop") << s("{\"a\": [1, 2]}") << QString();
    QTest::newRow("unfinished object") << s("noop") << s("{\"a\": 1") << s("Line 1");
    QTest::newRow("error in the second line") << s("noop") << s("{\"a\": 1,\n \"b\": oops}") << s("Line 2");
    QTest::newRow("list") << s("noop") << s("[1]") << s("object");
    QTest::newRow("no type") << QString() << s("{}") << s("type");
    QTest::newRow("space in the type") << s("my type") << s("{}") << s("my type");
}

void TestPayloadJobsPage::checksPayloadWhileTyping()
{
    QFETCH(QString, type);
    QFETCH(QString, payload);
    QFETCH(QString, expected);
    openDialog();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    EVENTUALLY(!addButton()->isEnabled());
    child<QComboBox>("payloadType")->setCurrentText(type);
    child<QPlainTextEdit>("payloadText")->setPlainText(payload);
    if (expected.isEmpty()) {
        EVENTUALLY(addButton()->isEnabled());
        return;
    }
    const auto text = [this]() -> QString {
        return child<QLabel>("payloadTypeMessage")->text() + child<QLabel>("payloadMessage")->text();
    };
    QTRY_VERIFY2_WITH_TIMEOUT(text().contains(expected), qPrintable(text()), patience);
    QVERIFY(!addButton()->isEnabled());
    QVERIFY2(!addButton()->toolTip().isEmpty(), "the tooltip does not show the reason");
}

void TestPayloadJobsPage::checksPayloadOnAccept()
{
    openDialog();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    QVERIFY(addButton()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    addButton()->click(); // before the check that follows the last keystroke
    QVERIFY(m_dialog->isVisible());
    QVERIFY(!addButton()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("{\"a\": 1}"));
    EVENTUALLY(addButton()->isEnabled());
    addButton()->click();
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->job().payload, QByteArray("{\"a\":1}"));
}

QTEST_MAIN(TestPayloadJobsPage)
#include "tst_payloadjobspage.moc"
