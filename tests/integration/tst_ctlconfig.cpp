// SPDX-License-Identifier: GPL-3.0-or-later
// Tests `lifeguardctl config`, and configuration files in the other commands.
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestCtlConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void checkPrintsAllErrors();
    void showNamesTheSources();
    void schemaIsJson();
    void importIsAFileThatCanBeChecked();
    void runStartsThePoolsOfTheFile();
    void exampleRunsTheSample();
    void secondRunOfTheSameFileIsRefused();
    void fileOfAWorkspaceNeedsConsent();
    void databaseOfTheFile();
    void writableFileIsRefused();
    void followsTheFile();

private:
    /// Calls the program without --db and --workspace, in the folder of the workspace.
    [[nodiscard]] Outcome callPlainly(const QStringList &arguments) const;
    [[nodiscard]] QJsonArray workers() const { return m_ctl->call({s("workers"), s("--json")}).array(); }

    std::unique_ptr<CtlProgram> m_ctl;
};

Outcome TestCtlConfig::callPlainly(const QStringList &arguments) const
{
    QProcess process;
    QProcessEnvironment environment = m_ctl->environment();
    environment.insert(s("HOME"), m_ctl->filePath(s("home")));
    environment.insert(s("XDG_DATA_HOME"), m_ctl->filePath(s("home/data")));
    environment.remove(s("XDG_CONFIG_HOME"));
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_ctl->folder());
    process.start(CtlProgram::program(), arguments);
    Outcome outcome;
    if (process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

void TestCtlConfig::checkPrintsAllErrors()
{
    const QString path = m_ctl->write(s("bad.yaml"), "log_levle: info\npools:\n  noop:\n    count: many\n");
    const Outcome bad = m_ctl->call({s("config"), s("check"), path});
    QCOMPARE(bad.code, 2);
    QVERIFY2(bad.err.contains("bad.yaml:1:1: log_levle: "), bad.err.constData());
    QVERIFY2(bad.err.contains("Did you mean 'log_level'?"), bad.err.constData());
    QVERIFY2(bad.err.contains("bad.yaml:4:12: pools.noop.count: "), bad.err.constData());
    QCOMPARE(m_ctl->call({s("config"), s("check"), path, s("--json")}).array().size(), 2);

    const QString good = m_ctl->write(s("good.yaml"), "pools:\n  noop: {mode: direct}\n");
    const Outcome ok = m_ctl->call({s("config"), s("check"), good});
    QVERIFY2(ok.code == 0 && ok.out.contains("good.yaml is valid: 1 pool."), ok.all().constData());
    QCOMPARE(m_ctl->call({s("config"), s("check"), s("/nonexistent.yaml")}).code, 2);
    QCOMPARE(m_ctl->call({s("config"), s("chk")}).code, 2);
}

void TestCtlConfig::showNamesTheSources()
{
    const QString path = m_ctl->write(s("a.yaml"),
                                      "pools:\n  noop:\n    mode: direct\n    command: run --password hunter2\n"
                                      "profiles:\n  big:\n    pools: {noop: {count: 8}}\n");
    const Outcome shown = m_ctl->call({s("config"), s("show"), path, s("--profile"), s("big")});
    QVERIFY2(shown.code == 0, shown.all().constData());
    const QString text = QString::fromUtf8(shown.out).simplified();
    QVERIFY2(text.contains(s("pools.noop.count 8 profile big, line 7")), shown.out.constData());
    QVERIFY2(text.contains(s("pools.noop.mode direct file, line 3")), shown.out.constData());
    QVERIFY2(text.contains(s("pools.noop.grace 10s default")), shown.out.constData());
    QVERIFY2(text.contains(m_ctl->database() + s(" --db")), shown.out.constData());
    QVERIFY2(!text.contains(s("hunter2")), shown.out.constData());
    const QJsonObject json = m_ctl->call({s("config"), s("show"), path, s("--json")}).object();
    QCOMPARE(json.value(s("file")).toString(), path);
    QCOMPARE(json.value(s("profiles")).toArray().size(), 1);
    QVERIFY(json.value(s("values")).toArray().size() > 20);
}

void TestCtlConfig::schemaIsJson()
{
    const QString path = m_ctl->filePath(s("schema.json"));
    QCOMPARE(m_ctl->call({s("config"), s("schema"), s("--output"), path}).code, 0);
    const Outcome printed = m_ctl->call({s("config"), s("schema")});
    QVERIFY(printed.object().contains(s("properties")));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(QJsonDocument::fromJson(file.readAll()).object(), printed.object());
}

void TestCtlConfig::importIsAFileThatCanBeChecked()
{
    const QString toml = s(LIFEGUARD_SOURCE_DIR "/tests/data/clm/full.toml");
    const QString path = m_ctl->filePath(s("imported.yaml"));
    const Outcome imported = m_ctl->call({s("config"), s("import-clm"), toml, s("--output"), path});
    QVERIFY2(imported.code == 0, imported.all().constData());
    QVERIFY2(imported.err.contains("worker_management.auto_start = true: "), imported.err.constData());
    QCOMPARE(m_ctl->call({s("config"), s("check"), path}).code, 0);
    const Outcome printed = m_ctl->call({s("config"), s("import-clm"), toml});
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(printed.out, file.readAll());
}

void TestCtlConfig::runStartsThePoolsOfTheFile()
{
    QVERIFY(m_ctl->submitNoop(4));
    const QString path = m_ctl->write(s("a.yaml"), "pools:\n  quick: {type: noop, mode: direct, count: 2}\n"
                                                   "  slow: {type: noop, mode: direct}\n");
    const Outcome run = m_ctl->call({s("run"), s("--config"), path, s("--until-idle")});
    QVERIFY2(run.code == 0, run.all().constData());
    QCOMPARE(m_ctl->jobs(s("completed")), 4);
    QVERIFY2(run.out.contains("quick-0 is ") && run.out.contains("slow-0 is "), run.out.constData());
    const Outcome other = m_ctl->call({s("run"), s("--config"), path, s("--pool"), s("noop=1"), s("--until-idle")});
    QVERIFY2(other.code == 0 && !other.out.contains("quick"), other.all().constData());
    QCOMPARE(m_ctl->call({s("run"), s("--config"), path, s("--profile"), s("none"), s("--until-idle")}).code, 2);
}

/// The file that is installed as an example starts the three pools that the sample workspace needs.
void TestCtlConfig::exampleRunsTheSample()
{
    const QString path = s(LIFEGUARD_SOURCE_DIR "/resources/examples/lifeguard.yaml");
    QProcess run;
    m_ctl->start(run, {s("run"), s("--config"), path});
    EVENTUALLY([this] {
        QMap<QString, int> counts;
        for (const QJsonValue &worker : workers())
            ++counts[worker[s("pool")].toString()];
        return counts == QMap<QString, int>{{s("drawio"), 1}, {s("notebook"), 1}, {s("plantuml"), 2}};
    }());
    run.terminate();
    QVERIFY(run.waitForFinished(60000));
    QCOMPARE(run.exitCode(), 0);
}

void TestCtlConfig::secondRunOfTheSameFileIsRefused()
{
    const QString path = m_ctl->write(s("a.yaml"), "pools:\n  noop: {mode: direct}\n");
    QProcess run;
    m_ctl->start(run, {s("run"), s("--config"), path});
    QVERIFY2(CtlProgram::readUntil(run, "noop-0 is ").contains("noop-0 is "), run.readAllStandardError().constData());
    const Outcome second = m_ctl->call({s("run"), s("--config"), path});
    QCOMPARE(second.code, 2);
    QVERIFY2(second.err.contains(QByteArray::number(run.processId())), second.err.constData());
    run.terminate();
    QVERIFY(run.waitForFinished(60000));
    QVERIFY(m_ctl->submitNoop(1));
    QCOMPARE(m_ctl->call({s("run"), s("--config"), path, s("--until-idle")}).code, 0);
}

void TestCtlConfig::fileOfAWorkspaceNeedsConsent()
{
    const QString path = m_ctl->write(s("lifeguard.yaml"),
                                      "pools:\n  mine: {mode: direct, command: 'touch touched'}\n");
    const QStringList run{s("run"), s("--until-idle")};
    const Outcome refused = callPlainly(run);
    QCOMPARE(refused.code, 2);
    QVERIFY2(QString::fromUtf8(refused.err).contains(s("lifeguardctl config trust ") + path), refused.err.constData());
    QVERIFY(!QFile::exists(m_ctl->filePath(s("touched"))));
    QCOMPARE(callPlainly({s("status")}).code, 0); // other commands run nothing

    const Outcome trusted = callPlainly({s("config"), s("trust"), path});
    QVERIFY2(trusted.code == 0 && trusted.out.contains("mine: 1 × mine, direct, touch touched"),
             trusted.all().constData());
    QCOMPARE(callPlainly(run).code, 0);
    m_ctl->write(s("lifeguard.yaml"), "pools:\n  mine: {mode: direct, command: 'touch other'}\n");
    QCOMPARE(callPlainly(run).code, 2);
    QCOMPARE(callPlainly({s("config"), s("trust"), path}).code, 0);
    QCOMPARE(callPlainly({s("config"), s("untrust"), path}).code, 0);
    QCOMPARE(callPlainly(run).code, 2);
    QCOMPARE(callPlainly({s("run"), s("--until-idle"), s("--config"), path}).code, 0); // named by the user
}

void TestCtlConfig::databaseOfTheFile()
{
    m_ctl->write(s("home/.config/lifeguard/lifeguard.yaml"),
                 "database: sub/own.db\nprofiles:\n  x: {database: /nonexistent/x.db}\n");
    QVERIFY(QDir(m_ctl->folder()).mkpath(s("home/.config/lifeguard/sub")));
    const Outcome created = callPlainly({s("init")});
    const QString path = m_ctl->filePath(s("home/.config/lifeguard/sub/own.db"));
    QVERIFY2(created.code == 0 && QFile::exists(path), created.all().constData());
    QCOMPARE(callPlainly({s("status"), s("--profile"), s("x")}).code, 3);
    QCOMPARE(callPlainly({s("status"), s("--db"), s("here.db"), s("--read-only")}).code, 3); // an option overrides it
    m_ctl->write(s("home/.config/lifeguard/lifeguard.yaml"), "data_base: x.db\n");
    const Outcome broken = callPlainly({s("status")});
    QVERIFY2(broken.code == 2 && broken.err.contains("Did you mean 'database'?"), broken.all().constData());
}

void TestCtlConfig::writableFileIsRefused()
{
    const QString path = m_ctl->write(s("a.yaml"), "pools:\n  noop: {mode: direct}\n");
    QFile::setPermissions(path, QFile::permissions(path) | QFileDevice::WriteOther);
    for (const QStringList &command :
         {QStringList{s("run"), s("--until-idle"), s("--config"), path}, QStringList{s("config"), s("check"), path},
          QStringList{s("config"), s("trust"), path}}) {
        const Outcome outcome = m_ctl->call(command);
        QVERIFY2(outcome.code == 2 && outcome.err.contains("chmod go-w"), outcome.all().constData());
    }
}

void TestCtlConfig::followsTheFile()
{
    const QString path = m_ctl->write(s("a.yaml"), "pools:\n  noop: {mode: direct}\n");
    QProcess run;
    run.setProcessChannelMode(QProcess::MergedChannels);
    m_ctl->start(run, {s("run"), s("--config"), path});
    QVERIFY(CtlProgram::readUntil(run, "noop-0 is ").contains("noop-0 is "));
    m_ctl->write(s("a.yaml"), "pools:\n  noop: {mode: indirect}\n");
    QVERIFY(CtlProgram::readUntil(run, "pools.noop.mode").contains("a.yaml:2:16: pools.noop.mode: "));
    m_ctl->write(s("a.yaml"), "pools:\n  noop: {mode: direct, count: 2}\n");
    QVERIFY(CtlProgram::readUntil(run, "noop-1 is ").contains("noop-1 is "));
    run.terminate();
    QVERIFY(run.waitForFinished(60000));
    QCOMPARE(run.exitCode(), 0);
}

QTEST_GUILESS_MAIN(TestCtlConfig)
#include "tst_ctlconfig.moc"
