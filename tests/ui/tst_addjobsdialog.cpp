// SPDX-License-Identifier: GPL-3.0-or-later
// What the dialog for adding jobs shows before anything is made, and what it answers.
#include "ui/dialogs/addjobsdialog.h"
#include "ui/models/planmodel.h"
#include "ui/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace lifeguard;

namespace {

constexpr int patience = 20000;

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace

class TestAddJobsDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void init();
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
    void withoutFiles();
    void payloadIsCheckedAsTyped_data();
    void payloadIsCheckedAsTyped();
    void payloadIsCheckedAtTheEnd();
    void filesAreDropped();
    void byKeyboard();
    void everythingHasAName();

private:
    QString write(const QString &name, const QByteArray &content = "@startuml\nA -> B\n@enduml\n") const
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            qFatal("cannot write %s", qPrintable(path));
        }
        return path;
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    void open();
    /// Gives the paths and waits for what is made of them.
    void give(const QStringList &paths);
    [[nodiscard]] bool isPlanned() const { return ok()->isEnabled() || !ok()->toolTip().contains(s("looked through")); }
    template<typename T>
    T *child(const char *name) const
    {
        return m_dialog->findChild<T *>(s(name));
    }
    QPushButton *ok() const { return child<QPushButton>("addButton"); }
    QAbstractItemModel *preview() const { return child<QTableView>("planPreview")->model(); }
    /// "input | type | output | note", one for each row.
    QStringList rows() const
    {
        QStringList lines;
        for (int row = 0; row < preview()->rowCount(); ++row) {
            QStringList cells;
            for (int column = 0; column < preview()->columnCount(); ++column) {
                cells.append(preview()->index(row, column).data().toString());
            }
            lines.append(cells.join(s(" | ")));
        }
        lines.sort();
        return lines;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<AddJobsDialog> m_dialog;
};

void TestAddJobsDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    QVERIFY(QDir(m_folder->path()).mkdir(s("ws")));
}

void TestAddJobsDialog::open()
{
    AddJobsContext context;
    context.workspace = path("ws");
    context.types = {s("mine"), s("plantuml")};
    context.served = {s("plantuml")};
    m_dialog = std::make_unique<AddJobsDialog>(context);
    new QAbstractItemModelTester(preview(), m_dialog.get());
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
}

void TestAddJobsDialog::give(const QStringList &paths)
{
    m_dialog->addPaths(paths);
    QVERIFY2(!ok()->isEnabled(), "it can be accepted before the preview is there");
    QTRY_VERIFY_WITH_TIMEOUT(isPlanned(), patience);
}

void TestAddJobsDialog::beginsEmptyAndSaysWhy()
{
    open();
    QVERIFY(!ok()->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(ok()->toolTip().contains(s("Choose files")), patience);
    QVERIFY(!child<QCheckBox>("copyInCheck")->isEnabled());
    QVERIFY(!child<QCheckBox>("copyInCheck")->toolTip().isEmpty());
    QVERIFY(!child<QPushButton>("removePathButton")->isEnabled());
    QVERIFY(!child<QPushButton>("removePathButton")->toolTip().isEmpty());
    m_dialog->addPaths({});
    QTRY_VERIFY_WITH_TIMEOUT(isPlanned(), patience);
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
    QCOMPARE(rows(), (QStringList{s("deep/two.puml | plantuml | output/deep/two.png | output exists: will be replaced"),
                                  s("one.puml | plantuml | output/one.png | "),
                                  s("readme.xyz |  |  | skipped: no converter for this kind of file")}));
    QVERIFY(ok()->isEnabled());
    QCOMPARE(ok()->text(), s("Add 2 jobs"));
    const QString summary = child<QLabel>("planSummary")->text();
    QVERIFY2(summary.contains(s("2 jobs")) && summary.contains(s("1 replaces")) && summary.contains(s("1 skipped")) && !summary.contains(s("outside")), qPrintable(summary));
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
    filter->setCurrentIndex(filter->findData(int(PlanModel::Show::Skipped)));
    QCOMPARE(rows(), QStringList{s("readme.xyz |  |  | skipped: no converter for this kind of file")});
    filter->setCurrentIndex(filter->findData(int(PlanModel::Show::Made)));
    QCOMPARE(rows(), QStringList{s("one.puml | plantuml | output/one.png | ")});
    QCOMPARE(ok()->text(), s("Add 1 job")); // what is hidden is not what is left out
    // What was chosen stays as long as there is any of it.
    write(s("other/two.puml"));
    write(s("ws/three.puml"));
    give({path("ws/three.puml"), path("other")});
    QCOMPARE(filter->currentData().toInt(), int(PlanModel::Show::Made));
    QCOMPARE(preview()->rowCount(), 2);
}

void TestAddJobsDialog::outsideIsOfferedToBeCopied()
{
    const QString outside = write(s("other/a.puml"));
    open();
    give({outside});
    QVERIFY(!ok()->isEnabled());
    QVERIFY2(rows().first().contains(s("outside the workspace")), qPrintable(rows().first()));
    QVERIFY2(child<QLabel>("planSummary")->text().contains(s("1 outside the workspace")), qPrintable(child<QLabel>("planSummary")->text()));
    auto *copyIn = child<QCheckBox>("copyInCheck");
    QVERIFY(copyIn->isEnabled());
    QVERIFY2(copyIn->text().contains(s("ws/input")), "it does not say where to");
    copyIn->click();
    QVERIFY(!ok()->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(ok()->isEnabled(), patience);
    QVERIFY2(rows().first().endsWith(s("copied to input/a.puml")), qPrintable(rows().first()));
    QVERIFY2(!QFileInfo::exists(path("ws/input")), "showing copies nothing");
    QVERIFY(copyIn->isEnabled()); // it can be taken back
    copyIn->click();
    QTRY_VERIFY_WITH_TIMEOUT(isPlanned(), patience);
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
    QTRY_VERIFY_WITH_TIMEOUT(ok()->isEnabled() && rows().first().contains(s("one.svg")), patience);
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
    QTRY_VERIFY_WITH_TIMEOUT(isPlanned(), patience);
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
    QTest::qWait(120); // the search has begun by now, or not: both have to come out the same
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Delete);
    QTest::qWait(60);
    QVERIFY2(!child<QLabel>("planSummary")->text().contains(s("ancelled")), "the end of the older search is told as an error");
    give({one});
    QCOMPARE(m_dialog->plan()->jobs.size(), 1);
    QTest::qWait(200);
    QCOMPARE(m_dialog->plan()->jobs.size(), 1); // the older answer comes to nothing
}

void TestAddJobsDialog::closedWhileItSearches()
{
    for (int i = 0; i < 2000; ++i) {
        write(s("ws/%1.puml").arg(i));
    }
    open();
    m_dialog->addPaths({path("ws")});
    QTest::qWait(110);
    m_dialog->reject();
    m_dialog.reset();
    QTest::qWait(50); // an answer that comes now finds nobody
}

void TestAddJobsDialog::poolsThatAreMissingAreSaid()
{
    write(s("ws/one.puml"));
    AddJobsContext context;
    context.workspace = path("ws");
    m_dialog = std::make_unique<AddJobsDialog>(context);
    m_dialog->show();
    give({path("ws")});
    QVERIFY(child<QLabel>("planServed")->text().contains(s("plantuml")));
    open(); // where a pool of it runs
    give({path("ws")});
    QVERIFY(child<QLabel>("planServed")->text().isEmpty());
}

void TestAddJobsDialog::withoutFiles()
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

void TestAddJobsDialog::payloadIsCheckedAsTyped_data()
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

void TestAddJobsDialog::payloadIsCheckedAsTyped()
{
    QFETCH(QString, type);
    QFETCH(QString, payload);
    QFETCH(QString, said);
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    QTRY_VERIFY_WITH_TIMEOUT(!ok()->isEnabled(), patience);
    child<QComboBox>("payloadType")->setCurrentText(type);
    child<QPlainTextEdit>("payloadText")->setPlainText(payload);
    if (said.isEmpty()) {
        QTRY_VERIFY_WITH_TIMEOUT(ok()->isEnabled(), patience);
        return;
    }
    const auto text = [this]() -> QString { return child<QLabel>("payloadTypeNote")->text() + child<QLabel>("payloadNote")->text(); };
    QTRY_VERIFY2_WITH_TIMEOUT(text().contains(said), qPrintable(text()), patience);
    QVERIFY(!ok()->isEnabled());
    QVERIFY2(!ok()->toolTip().isEmpty(), "why it cannot be added");
}

void TestAddJobsDialog::payloadIsCheckedAtTheEnd()
{
    open();
    child<QTabWidget>("jobSourceTabs")->setCurrentIndex(1);
    QVERIFY(ok()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("nonsense"));
    ok()->click(); // before the check that follows the last key
    QVERIFY(m_dialog->isVisible());
    QVERIFY(!ok()->isEnabled());
    child<QPlainTextEdit>("payloadText")->setPlainText(s("{\"a\": 1}"));
    QTRY_VERIFY_WITH_TIMEOUT(ok()->isEnabled(), patience);
    ok()->click();
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->job().payload, QByteArray("{\"a\":1}"));
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
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    child<QListWidget>("jobPaths")->setFocus();
    QSet<QString> reached;
    for (int i = 0; i < 20; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.insert(QApplication::focusWidget()->objectName());
    }
    for (const char *name : {"jobPaths", "chooseFilesButton", "chooseFolderButton", "jobFormat-plantuml", "planFilter", "planPreview", "jobPriority",
                             "addButton", "cancelAddButton"}) {
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
                QVERIFY2(!widget->accessibleName().isEmpty() || qobject_cast<QPushButton *>(widget), qPrintable(widget->objectName()));
            }
        }
    }
}

QTEST_MAIN(TestAddJobsDialog)
#include "tst_addjobsdialog.moc"
