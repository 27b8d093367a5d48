// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/guidesandbox.h"

#include "tests/support/guide.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QTcpServer>
#include <QTest>

#include <csignal>

namespace lifeguard::test {

namespace {

constexpr int callTimeout = 120'000; ///< converters may be slow; only a failing test reaches it

/// Returns how the line goes on: until Ctrl+C, in the background, or until it ends by itself.
enum class Course { Ends, Follows, Runs };

Course courseOf(const QString &line)
{
    const QList<QStringList> calls = GuideCommand{0, line, {}}.calls();
    if (calls.size() != 1)
        return Course::Ends;
    const QStringList &arguments = calls.constFirst();
    if (arguments.contains(s("--watch")) || arguments.contains(s("--follow")))
        return Course::Follows;
    return arguments.constFirst() == s("run") && !arguments.contains(s("--until-idle")) ? Course::Runs : Course::Ends;
}

/// Returns whether the process has a handler for the signal of Ctrl+C.
bool handlesInterrupts(qint64 pid)
{
    const QByteArray status = contentOf(s("/proc/%1/status").arg(pid));
    const QByteArray key("\nSigCgt:");
    const qsizetype begin = status.indexOf(key) + key.size();
    const quint64 caught = status.mid(begin, status.indexOf('\n', begin) - begin).trimmed().toULongLong(nullptr, 16);
    return caught & (1ULL << (SIGINT - 1));
}

/// Returns a drawing with two pages.
QByteArray drawing()
{
    QByteArray pages;
    for (const char *name : {"Page-1", "Page-2"})
        pages += QByteArray("<diagram name=\"") + name
               + "\"><mxGraphModel><root><mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/><mxCell id=\"2\" value=\"A\" "
                 "style=\"\" vertex=\"1\" parent=\"1\"><mxGeometry width=\"80\" height=\"40\" "
                 "as=\"geometry\"/></mxCell></root></mxGraphModel></diagram>";
    return "<mxfile>" + pages + "</mxfile>";
}

} // namespace

GuideSandbox::GuideSandbox() : m_environment(QProcessEnvironment::systemEnvironment())
{
    const QDir root(m_root.path());
    for (const char *folder : {"home/.zfunc", "home/.config/fish/completions", "run", "srv/course", "srv/public",
                               "srv/internal", "work/course"})
        root.mkpath(s(folder));
    QFile::setPermissions(root.filePath(s("run")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    for (const QString &name : m_environment.keys()) {
        if (name.startsWith(s("XDG_")) || name.startsWith(s("LIFEGUARD")) || name.startsWith(s("CLM")))
            m_environment.remove(name);
    }
    m_environment.remove(s("DB_PATH"));
    m_environment.remove(s("WORKSPACE_PATH"));
    m_environment.insert(s("HOME"), root.filePath(s("home")));
    m_environment.insert(s("XDG_RUNTIME_DIR"), root.filePath(s("run")));
    m_environment.insert(s("DOCKER_HOST"), s("unix://") + root.filePath(s("docker.sock"))); // there is none
    m_environment.insert(s("HTTPS_PROXY"), s("http://proxy.example.org:3128"));
    m_environment.insert(s("PATH"), QFileInfo(CtlProgram::program()).path() + u':' + m_environment.value(s("PATH")));
    QTcpServer free;
    free.listen(QHostAddress(QHostAddress::LocalHost));
    m_port = QString::number(free.serverPort());

    write(s("diagrams/overview.puml"), "@startuml\nA -> B\n@enduml\n");
    write(s("diagrams/details.puml"), "@startuml\nA -> C\n@enduml\n");
    write(s("notebooks/lesson.py"), "# %% [markdown] lang=\"en\"\n# A lesson\n# %%\nprint(1)\n");
    write(s("drawings/plan.drawio"), drawing());
    write(s("clm.toml"), "[worker_management]\ndefault_worker_count = 2\n");
    write(s("poem.txt"), "a poem\n");
    write(s("token.txt"), "secret\n");
    write(s("secrets.env"), "TOKEN=secret\n");
    write(s("../home/Downloads/sketch.puml"), "@startuml\nA -> D\n@enduml\n");
}

GuideSandbox::~GuideSandbox()
{
    (void)endBackground();
}

QString GuideSandbox::filePath(const QString &name) const
{
    return QDir::cleanPath(m_root.filePath(s("work/") + name));
}

void GuideSandbox::write(const QString &name, const QByteArray &text) const
{
    const QString path = filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

QString GuideSandbox::replaced(QString text) const
{
    return text.replace(s("/srv/"), m_root.filePath(s("srv/")))
        .replace(s("/home/me/work/"), m_root.filePath(s("work/")))
        .replace(s(":9464"), u':' + m_port);
}

void GuideSandbox::start(QProcess &shell, const QString &line) const
{
    shell.setProcessEnvironment(m_environment);
    shell.setWorkingDirectory(filePath({}));
    shell.start(s("bash"), {s("--norc"), s("-o"), s("pipefail"), s("-c"), line});
}

QString GuideSandbox::interrupt(QProcess &shell, const QString &line, int signalNumber) const
{
    if (shell.state() == QProcess::Running)
        ::kill(pid_t(shell.processId()), signalNumber);
    const bool hasEnded = shell.waitForFinished(patience);
    const bool isGood = hasEnded && shell.exitStatus() == QProcess::NormalExit && shell.exitCode() == 0;
    const QString problem = isGood ? QString()
                                   : line + s(" does not end well, but with exit code %1: ").arg(shell.exitCode())
                                         + QString::fromUtf8(shell.readAllStandardError());
    if (!hasEnded) {
        shell.kill();
        shell.waitForFinished();
    }
    return problem;
}

QString GuideSandbox::type(const QString &line)
{
    const QString text = replaced(line);
    const Course course = courseOf(line);
    if (course == Course::Ends) {
        QProcess shell;
        start(shell, text);
        if (!shell.waitForFinished(callTimeout)) {
            shell.kill();
            shell.waitForFinished();
            return line + s(" does not end");
        }
        const bool isGood = shell.exitStatus() == QProcess::NormalExit && shell.exitCode() == 0;
        return isGood ? QString()
                      : line + s(" ends with exit code %1: ").arg(shell.exitCode())
                            + QString::fromUtf8(shell.readAllStandardError() + shell.readAllStandardOutput());
    }
    if (course == Course::Runs) {
        if (const QString problem = endBackground(); !problem.isEmpty())
            return problem;
        m_background = std::make_unique<QProcess>();
        m_backgroundLine = line;
        start(*m_background, s("exec ") + text);
        const QByteArray output = CtlProgram::readUntil(*m_background, "is running");
        return output.contains("is running") ? QString() : line + s(" does not start: ") + QString::fromUtf8(output);
    }
    QProcess shell;
    start(shell, s("exec ") + text);
    if (!shell.waitForReadyRead(callTimeout))
        return line + s(" prints nothing");
    if (!QTest::qWaitFor([&shell] { return handlesInterrupts(shell.processId()); }, patience))
        return line + s(" does not go on");
    return interrupt(shell, line, SIGINT);
}

QString GuideSandbox::endBackground()
{
    if (!m_background)
        return {};
    const std::unique_ptr<QProcess> background = std::move(m_background);
    return interrupt(*background, m_backgroundLine, SIGTERM);
}

} // namespace lifeguard::test
