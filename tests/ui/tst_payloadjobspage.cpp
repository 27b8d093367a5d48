// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs without files in the dialog for adding jobs: what is asked for, checked and answered.
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
    void init() { begin(); }
    void cleanup() { m_dialog.reset(); }
    void withoutFiles();
    void payloadIsCheckedAsTyped_data();
    void payloadIsCheckedAsTyped();
    void payloadIsCheckedAtTheEnd();
};

void TestPayloadJobsPage::withoutFiles()
{
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    auto *type = child<QComboBox>("payloadType");
    QCOMPARE(type->currentText(), s("noop"));
    QVERIFY(type->findText(s("mine")) >= 0); // a type of the database that we do not know
    QVERIFY(type->findText(s("plantuml")) < 0);
    QVERIFY(ok()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("{ \"sleep_ms\": 20,\n  \"note\": \"gr\xc3\xbc\xc3\x9f\" }"));
    child<QSpinBox>("payloadCount")->setValue(2500);
    child<QSpinBox>("jobPriority")->setValue(-3);
    QTRY_COMPARE_WITH_TIMEOUT(ok()->text(), s("Add 2,500 jobs"), patience);
    ok()->click();
    QVERIFY(!m_dialog->plan());
    QCOMPARE(m_dialog->count(), 2500);
    const NewJob job = m_dialog->job();
    QCOMPARE(job.type, s("noop"));
    QCOMPARE(job.priority, -3);
    QCOMPARE(job.payload, QByteArray("{\"note\":\"gr\xc3\xbc\xc3\x9f\",\"sleep_ms\":20}"));
    QVERIFY(job.inputFile.isEmpty());
}

void TestPayloadJobsPage::payloadIsCheckedAsTyped_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("payload");
    QTest::addColumn<QString>("said");
    QTest::newRow("empty is an empty object") << s("noop") << QString() << QString();
    QTest::newRow("an object") << s("noop") << s("{\"a\": [1, 2]}") << QString();
    QTest::newRow("unfinished") << s("noop") << s("{\"a\": 1") << s("Line 1");
    QTest::newRow("second line") << s("noop") << s("{\"a\": 1,\n \"b\": oops}") << s("Line 2");
    QTest::newRow("a list") << s("noop") << s("[1]") << s("object");
    QTest::newRow("no type") << QString() << s("{}") << s("type");
    QTest::newRow("blank in the type") << s("my type") << s("{}") << s("my type");
}

void TestPayloadJobsPage::payloadIsCheckedAsTyped()
{
    QFETCH(QString, type);
    QFETCH(QString, payload);
    QFETCH(QString, said);
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    EVENTUALLY(!ok()->isEnabled());
    child<QComboBox>("payloadType")->setCurrentText(type);
    child<QPlainTextEdit>("payloadText")->setPlainText(payload);
    if (said.isEmpty()) {
        EVENTUALLY(ok()->isEnabled());
        return;
    }
    const auto text = [this]() -> QString {
        return child<QLabel>("payloadTypeMessage")->text() + child<QLabel>("payloadMessage")->text();
    };
    QTRY_VERIFY2_WITH_TIMEOUT(text().contains(said), qPrintable(text()), patience);
    QVERIFY(!ok()->isEnabled());
    QVERIFY2(!ok()->toolTip().isEmpty(), "why it cannot be added");
}

void TestPayloadJobsPage::payloadIsCheckedAtTheEnd()
{
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    QVERIFY(ok()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    ok()->click(); // before the check that follows the last key
    QVERIFY(m_dialog->isVisible());
    QVERIFY(!ok()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("{\"a\": 1}"));
    EVENTUALLY(ok()->isEnabled());
    ok()->click();
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->job().payload, QByteArray("{\"a\":1}"));
}

QTEST_MAIN(TestPayloadJobsPage)
#include "tst_payloadjobspage.moc"
