// SPDX-License-Identifier: GPL-3.0-or-later
// Tests completion in the shells themselves, and the manual pages with groff.
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace lifeguard::test;

class TestCtlCompletion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bash_data();
    void bash();
    void zshAcceptsTheScript();
    void fish_data();
    void fish();
    void manualPageNamesEverything();
    void manualPagesAreValid();
    void wrongShell();

private:
    QByteArray script(const char *shell) const { return m_ctl.call({s("completion"), s(shell)}).out; }

    CtlProgram m_ctl;
};

namespace {

Outcome runShell(const QString &program, const QStringList &arguments, const QString &folder)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(program, arguments);
    Outcome outcome;
    if (process.waitForFinished(patience))
        outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

} // namespace

/// The words before the cursor, and the last one is completed.
void TestCtlCompletion::bash_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("expected");
    QTest::newRow("command") << s("lifeguardctl diag") << s("diagnose");
    QTest::newRow("several") << s("lifeguardctl st") << s("status start stop");
    QTest::newRow("after an option") << s("lifeguardctl --db x.db wor") << s("workers");
    QTest::newRow("after --config") << s("lifeguardctl --config x.yaml wor") << s("workers");
    QTest::newRow("option") << s("lifeguardctl run --me") << s("--metrics");
    QTest::newRow("common option") << s("lifeguardctl jobs --js") << s("--json");
    QTest::newRow("value") << s("lifeguardctl run --log-format j") << s("json journald");
    QTest::newRow("value after =") << s("lifeguardctl run --log-format = j") << s("json journald");
    QTest::newRow("job type") << s("lifeguardctl run --pool plant") << s("plantuml=");
    QTest::newRow("shell") << s("lifeguardctl completion f") << s("fish");
    QTest::newRow("file") << s("lifeguardctl submit pic") << s("picture.puml");
    QTest::newRow("number") << s("lifeguardctl run --timeout pic") << QString();
    QTest::newRow("nothing") << s("lifeguardctl xyz") << QString();
}

void TestCtlCompletion::bash()
{
    QFETCH(QString, words);
    QFETCH(QString, expected);
    m_ctl.write(s("lifeguardctl.bash"), script("bash"));
    m_ctl.write(s("picture.puml"), "");
    const int last = int(words.split(u' ').size()) - 1;
    const QString line = s("set -u; source ./lifeguardctl.bash; COMP_WORDS=(%1); COMP_CWORD=%2; _lifeguardctl; "
                           "echo \"${COMPREPLY[*]:-}\"")
                             .arg(words)
                             .arg(last);
    const Outcome outcome = runShell(s("bash"), {s("--norc"), s("-c"), line}, m_ctl.folder());
    QCOMPARE(outcome.err, QByteArray());
    QCOMPARE(QString::fromUtf8(outcome.out).trimmed(), expected);
}

void TestCtlCompletion::zshAcceptsTheScript()
{
    const QString zsh = QStandardPaths::findExecutable(s("zsh"));
    if (zsh.isEmpty())
        QSKIP("zsh is not installed");
    m_ctl.write(s("_lifeguardctl"), script("zsh"));
    // Completes in a pseudo-terminal of zsh itself.
    const QString line = s(
        "zmodload zsh/zpty; zpty -b z zsh -f; "
        "zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ./_lifeguardctl; "
        "bindkey \"^I\" complete-word; echo re\"\"ady'; "
        "typeset -F SECONDS=0; out=; "
        "while [[ $out != *ready* && $SECONDS -lt 20 ]]; do zpty -r z l && out+=$l; done; "
        "zpty -w -n z $'lifeguardctl run --log-format jo\\t'; out=; SECONDS=0; "
        "while [[ $out != *journald* && $SECONDS -lt 20 ]]; do zpty -rt z l && out+=$l; sleep 0.05; done; "
        "print -r -- $out");
    const Outcome outcome = runShell(zsh, {s("-f"), s("-c"), line}, m_ctl.folder());
    QVERIFY2(outcome.out.contains("journald"), outcome.all().constData());
}

void TestCtlCompletion::fish_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("command") << s("lifeguardctl diag") << s("diagnose");
    QTest::newRow("option") << s("lifeguardctl run --metr") << s("--metrics");
    QTest::newRow("value") << s("lifeguardctl run --log-format jou") << s("journald");
    QTest::newRow("job type") << s("lifeguardctl run --pool plant") << s("plantuml=");
}

void TestCtlCompletion::fish()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const QString fish = QStandardPaths::findExecutable(s("fish"));
    if (fish.isEmpty())
        QSKIP("fish is not installed");
    m_ctl.write(s("lifeguardctl.fish"), script("fish"));
    const Outcome outcome = runShell(
        fish, {s("--no-config"), s("-c"), s("source ./lifeguardctl.fish; complete -C '%1'").arg(text)}, m_ctl.folder());
    QCOMPARE(outcome.err, QByteArray());
    QCOMPARE(QString::fromUtf8(outcome.out).section(QRegularExpression(s("[\t\n]")), 0, 0), expected);
}

void TestCtlCompletion::manualPageNamesEverything()
{
    const QByteArray page = m_ctl.call({s("man")}).out;
    for (const char *text : {".TH LIFEGUARDCTL 1 ", ".SS run\n", ".SS wait\n", "\\fB\\-\\-until\\-idle\\fR",
                             "\\fB\\-\\-metrics\\fR \\fI[ADDRESS:]PORT\\fR", ".SH EXIT STATUS\n"})
        QVERIFY2(page.contains(text), text);
}

void TestCtlCompletion::manualPagesAreValid()
{
    const QString groff = QStandardPaths::findExecutable(s("groff"));
    if (groff.isEmpty())
        QSKIP("groff is not installed");
    m_ctl.write(s("lifeguardctl.1"), m_ctl.call({s("man")}).out);
    QStringList pages{m_ctl.filePath(s("lifeguardctl.1"))};
    const QDir folder(s(LIFEGUARD_SOURCE_DIR "/packaging/man"));
    for (const QString &name : folder.entryList({s("*.1")}))
        pages << folder.filePath(name);
    QCOMPARE(pages.size(), 3);
    for (const QString &page : std::as_const(pages)) {
        const Outcome outcome = runShell(groff, {s("-man"), s("-ww"), s("-z"), s("-Tutf8"), page}, m_ctl.folder());
        QVERIFY2(outcome.code == 0 && outcome.all().isEmpty(), outcome.all().constData());
    }
    const Outcome text = runShell(groff, {s("-man"), s("-Tutf8"), pages.constFirst()}, m_ctl.folder());
    QVERIFY2(text.out.contains("Serve metrics"), text.out.constData());
}

void TestCtlCompletion::wrongShell()
{
    QCOMPARE(m_ctl.call({s("completion"), s("tcsh")}).code, 2);
}

QTEST_GUILESS_MAIN(TestCtlCompletion)
#include "tst_ctlcompletion.moc"
