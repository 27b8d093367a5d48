// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the dialog that edits a configuration file in forms.
#include "tests/support/testhelpers.h"
#include "ui/dialogs/configdialog.h"
#include "ui/dialogs/configform.h"

#include <QComboBox>
#include <QFile>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr const char *courses = "# The pools of the courses.\n"
                                "pools:\n"
                                "  plantuml: {mode: direct, count: 4}   # diagrams\n"
                                "\n"
                                "  # The slow ones:\n"
                                "  notebook:\n"
                                "    mode: direct\n"
                                "    max_job_time: 20m  # cells that train a model\n"
                                "    restart_hung: false\n";

} // namespace

class TestConfigDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void valuesOfTheFileAreShown();
    void onlyChangedValuesDiffer();
    void errorsAreShownBelowTheirFields();
    void poolsAreAddedAndRemoved();
    void changesAreNotDiscardedSilently();

private:
    template<typename T>
    [[nodiscard]] T *child(const char *name) const
    {
        auto *found = m_dialog->findChild<T *>(QString::fromLatin1(name));
        return found ? found : (qFatal("there is no %s", name), nullptr);
    }
    [[nodiscard]] ConfigForm *form() const
    {
        const QList<ConfigForm *> forms = m_dialog->findChildren<ConfigForm *>();
        for (ConfigForm *each : forms) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }
    template<typename T>
    [[nodiscard]] T *editor(const char *key) const
    {
        return form() ? form()->findChild<T *>(s("config_%1").arg(s(key))) : nullptr;
    }
    void select(const QString &title) const
    {
        auto *entries = child<QListWidget>("configEntries");
        const QList<QListWidgetItem *> items = entries->findItems(title, Qt::MatchExactly);
        QCOMPARE(items.size(), 1);
        entries->setCurrentItem(items.first());
    }
    [[nodiscard]] QByteArray content() const
    {
        QFile file(m_path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    std::unique_ptr<ConfigDialog> m_dialog;
};

void TestConfigDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(s("lifeguard.yaml"));
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(courses);
    file.close();
    const auto draft = ConfigDraft::open(m_path);
    QVERIFY(draft);
    m_dialog = std::make_unique<ConfigDialog>(*draft);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
}

void TestConfigDialog::cleanup()
{
    m_dialog.reset();
}

void TestConfigDialog::valuesOfTheFileAreShown()
{
    QVERIFY(!child<QPushButton>("saveConfig")->isEnabled());
    QCOMPARE(editor<QComboBox>("log_level")->currentData().toString(), QString());
    select(s("Pool plantuml"));
    QCOMPARE(editor<QLineEdit>("count")->text(), s("4"));
    QCOMPARE(editor<QComboBox>("mode")->currentData().toString(), s("direct"));
    QCOMPARE(editor<QLineEdit>("type")->placeholderText(), s("plantuml"));
    select(s("Pool notebook"));
    QCOMPARE(editor<QLineEdit>("max_job_time")->text(), s("20m"));
    QCOMPARE(editor<QLineEdit>("hung_after")->placeholderText(), s("1m"));
    QCOMPARE(editor<QComboBox>("restart_hung")->currentData().toString(), s("no"));
    select(s("History"));
    QCOMPARE(editor<QLineEdit>("completed")->placeholderText(), s("14d"));
    select(s("Text of the file"));
    QVERIFY(child<QPlainTextEdit>("configText")->isVisible());
    QCOMPARE(child<QPlainTextEdit>("configText")->toPlainText(), s(courses));
}

void TestConfigDialog::onlyChangedValuesDiffer()
{
    QSignalSpy saved(m_dialog.get(), &ConfigDialog::saved);
    select(s("Pool plantuml"));
    editor<QLineEdit>("count")->selectAll();
    QTest::keyClicks(editor<QLineEdit>("count"), s("8"));
    auto *mode = editor<QComboBox>("mode");
    mode->setFocus();
    QTest::keyClicks(mode, s("auto"));
    select(s("Metrics"));
    QTest::keyClicks(editor<QLineEdit>("listen"), s("127.0.0.1:9464"));
    QVERIFY(child<QPushButton>("saveConfig")->isEnabled());
    QTest::mouseClick(child<QPushButton>("saveConfig"), Qt::LeftButton);
    QCOMPARE(saved.size(), 1);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(content(), QByteArray(courses).replace("mode: direct, count: 4", "mode: auto, count: 8")
                            + "metrics:\n  listen: \"127.0.0.1:9464\"\n");
}

void TestConfigDialog::errorsAreShownBelowTheirFields()
{
    select(s("Pool notebook"));
    auto *field = editor<QLineEdit>("max_job_time");
    field->selectAll();
    QTest::keyClicks(field, s("soon"));
    auto *error = form()->findChild<QLabel *>(s("configError_max_job_time"));
    QVERIFY(error && error->isVisible());
    QVERIFY2(error->text().contains(s("soon")), qPrintable(error->text()));
    QVERIFY(child<QLabel>("configMessage")->text().contains(s("pools.notebook.max_job_time")));
    QVERIFY(!child<QPushButton>("saveConfig")->isEnabled());
    QVERIFY(!child<QPushButton>("saveConfig")->toolTip().isEmpty());
    field->selectAll();
    QTest::keyClicks(field, s("5m"));
    QVERIFY(!error->isVisible());
    QVERIFY(child<QPushButton>("saveConfig")->isEnabled());
}

void TestConfigDialog::poolsAreAddedAndRemoved()
{
    QTest::mouseClick(child<QPushButton>("addConfigPool"), Qt::LeftButton);
    auto *dialog = child<QInputDialog>("newPoolDialog");
    dialog->setTextValue(s("noop"));
    dialog->accept();
    QCOMPARE(child<QListWidget>("configEntries")->currentItem()->text(), s("Pool noop"));
    editor<QComboBox>("mode")->setFocus();
    QTest::keyClicks(editor<QComboBox>("mode"), s("direct"));
    select(s("Pool plantuml"));
    QTest::mouseClick(child<QPushButton>("removeConfigPool"), Qt::LeftButton);
    QVERIFY(child<QListWidget>("configEntries")->findItems(s("Pool plantuml"), Qt::MatchExactly).isEmpty());
    QVERIFY(child<QPushButton>("saveConfig")->isEnabled());
    select(s("Text of the file"));
    QVERIFY(!child<QPushButton>("removeConfigPool")->isEnabled());
    QCOMPARE(child<QPlainTextEdit>("configText")->toPlainText().toUtf8(),
             QByteArray(courses).replace("  plantuml: {mode: direct, count: 4}   # diagrams\n", "")
                 + "  noop:\n    type: noop\n    mode: direct\n");
}

void TestConfigDialog::changesAreNotDiscardedSilently()
{
    select(s("Pool plantuml"));
    QTest::mouseClick(child<QPushButton>("removeConfigPool"), Qt::LeftButton);
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(m_dialog->isVisible());
    auto *box = child<QMessageBox>("discardConfigBox");
    QCOMPARE(box->defaultButton(), box->button(QMessageBox::Cancel));
    box->button(QMessageBox::Discard)->click();
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(content(), QByteArray(courses));
}

QTEST_MAIN(TestConfigDialog)
#include "tst_configdialog.moc"
