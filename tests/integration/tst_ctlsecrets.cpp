// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the values of variables reach the workers of a configured pool, and nothing and nobody else.
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"
#include "tests/support/waiting.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

class TestCtlSecrets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void onlyWorkersReceiveTheValues();
    void adoptedPoolsReceiveTheValuesAgain();

private:
    /// Returns the variables that the newest worker received; empty while there is none.
    [[nodiscard]] QByteArray received() const;
    [[nodiscard]] std::unique_ptr<QProcess> run(const QString &file) const;
    void expectNoSecret(const QByteArray &text, const QString &where) const;

    std::unique_ptr<CtlProgram> m_ctl;
};

namespace {

constexpr const char *secrets[] = {"fr0mFile", "fr0mVariable", "fr0mEnvFile", "pla1nText", "pa55edOn"};

/// A worker of the user's own: reports its variables and waits.
constexpr const char *worker = "#!/bin/sh\nenv > \"received.$$.part\" && mv \"received.$$.part\" \"received.$$\"\n"
                               "exec sleep 1000\n";

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

void TestCtlSecrets::init()
{
    m_ctl = std::make_unique<CtlProgram>();
    QFile::setPermissions(m_ctl->write(s("worker.sh"), worker), QFileDevice::ReadOwner | QFileDevice::ExeOwner);
    m_ctl->write(s("secret"), "fr0mFile\n");
    m_ctl->write(s("file.env"), "FROM_ENV_FILE=fr0mEnvFile\n");
    qputenv("TEST_SECRET", "fr0mVariable");
    qputenv("TEST_PASSED", "pa55edOn");
    qputenv("TEST_PRIVATE", "pr1vate");
}

void TestCtlSecrets::cleanup()
{
    m_ctl.reset();
    for (const char *name : {"TEST_SECRET", "TEST_PASSED", "TEST_PRIVATE"})
        qunsetenv(name);
}

QByteArray TestCtlSecrets::received() const
{
    const QDir folder(m_ctl->folder());
    const QStringList files = folder.entryList({s("received.*")}, QDir::Files, QDir::Time);
    if (files.isEmpty() || files.first().endsWith(s(".part")))
        return {};
    const QByteArray text = '\n' + contentOf(folder.filePath(files.first()));
    for (const QString &file : files)
        QFile::remove(folder.filePath(file));
    return text;
}

std::unique_ptr<QProcess> TestCtlSecrets::run(const QString &file) const
{
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::MergedChannels);
    m_ctl->start(*process, {s("run"), s("--config"), file});
    return process;
}

void TestCtlSecrets::expectNoSecret(const QByteArray &text, const QString &where) const
{
    for (const char *secret : secrets)
        QVERIFY2(!text.contains(secret), qPrintable(where + s(": ") + s(secret)));
}

void TestCtlSecrets::onlyWorkersReceiveTheValues()
{
    const QString file = m_ctl->write(s("pools.yaml"), "log_level: debug\n"
                                                       "pools:\n"
                                                       "  mine:\n"
                                                       "    mode: direct\n"
                                                       "    command: ./worker.sh\n"
                                                       "    env_file: file.env\n"
                                                       "    pass_environment: [TEST_PASSED]\n"
                                                       "    environment:\n"
                                                       "      PLAIN: pla1nText\n"
                                                       "      FILE: {from_file: secret}\n"
                                                       "      VARIABLE: {from_variable: TEST_SECRET}\n");
    const auto process = run(file);
    QByteArray variables;
    EVENTUALLY(!(variables = received()).isEmpty());
    for (const char *line : {"FILE=fr0mFile", "VARIABLE=fr0mVariable", "FROM_ENV_FILE=fr0mEnvFile", "PLAIN=pla1nText",
                             "TEST_PASSED=pa55edOn"})
        QVERIFY2(variables.contains(QByteArray(QByteArray("\n") + line + '\n')), line);
    QVERIFY(!variables.contains("TEST_PRIVATE"));
    QVERIFY(!variables.contains("TEST_SECRET="));

    for (const QStringList &command :
         {QStringList{s("config"), s("show"), file}, QStringList{s("config"), s("show"), file, s("--json")},
          QStringList{s("config"), s("check"), file}, QStringList{s("pools"), s("--json")},
          QStringList{s("workers"), s("--json")}, QStringList{s("events"), s("--json")}, QStringList{s("status")},
          QStringList{s("doctor"), s("--config"), file}}) {
        const Outcome outcome = m_ctl->call(command);
        QVERIFY2(!outcome.out.isEmpty(), outcome.all().constData());
        expectNoSecret(outcome.all(), command.join(u' '));
    }
    // A file with an error beside a value names the key only.
    const QString broken = m_ctl->write(s("broken.yaml"),
                                        "pools:\n  mine:\n    mode: direct\n    command: ./worker.sh\n"
                                        "    environment: {A: [pla1nText], PLAIN: pla1nText}\n"
                                        "    cuont: 1\n");
    const Outcome refused = m_ctl->call({s("config"), s("check"), broken});
    QCOMPARE(refused.code, 2);
    expectNoSecret(refused.all(), s("check of a broken file"));

    expectNoSecret(contentOf(s("/proc/%1/cmdline").arg(process->processId())), s("command line"));
    process->terminate();
    QVERIFY(process->waitForFinished(60000));
    expectNoSecret(process->readAll(), s("output of run"));
    int files = 0;
    QDirIterator all(m_ctl->folder(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        const QString path = all.next();
        const QStringList own{file, broken, m_ctl->filePath(s("secret")), m_ctl->filePath(s("file.env"))};
        if (own.contains(path) || path.contains(s("/received.")))
            continue;
        expectNoSecret(contentOf(path), path);
        ++files;
    }
    QVERIFY(files >= 3); // the database, the worker and its log
}

/// The values are not stored, so a worker that replaces an adopted one must get them from the file again.
void TestCtlSecrets::adoptedPoolsReceiveTheValuesAgain()
{
    const QString file = m_ctl->write(s("pools.yaml"), "pools:\n"
                                                       "  mine:\n"
                                                       "    mode: direct\n"
                                                       "    detach: yes\n"
                                                       "    command: ./worker.sh\n"
                                                       "    environment: {FILE: {from_file: secret}}\n");
    auto process = run(file);
    EVENTUALLY(received().contains("\nFILE=fr0mFile\n"));
    const auto workers = [this] { return m_ctl->call({s("workers"), s("--json")}).array(); };
    QCOMPARE(workers().size(), 1);
    const QString id = workers().first()[s("container_id")].toString();
    process->kill();
    QVERIFY(process->waitForFinished(60000));

    process = run(file);
    EVENTUALLY(m_ctl->call({s("pools"), s("--json")}).array().size() == 1);
    EVENTUALLY(m_ctl->call({s("kill"), s("mine")}).code == 0);
    EVENTUALLY(received().contains("\nFILE=fr0mFile\n"));
    const QJsonArray all = workers();
    QVERIFY(std::any_of(all.begin(), all.end(),
                        [&id](const QJsonValue &each) { return each[s("container_id")].toString() != id; }));
    expectNoSecret(contentOf(m_ctl->database()), s("database"));
    process->terminate();
    QVERIFY(process->waitForFinished(60000));
}

QTEST_GUILESS_MAIN(TestCtlSecrets)
#include "tst_ctlsecrets.moc"
