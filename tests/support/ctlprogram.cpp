// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctlprogram.h"

#include "places.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <utility>

QJsonArray Outcome::array() const
{
    return QJsonDocument::fromJson(out).array();
}

QJsonObject Outcome::object() const
{
    return QJsonDocument::fromJson(out).object();
}

QString CtlProgram::program()
{
    return QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguardctl");
}

QProcessEnvironment CtlProgram::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("DB_PATH"));
    environment.remove(QStringLiteral("CLM_JOBS_DB_PATH"));
    environment.remove(QStringLiteral("WORKSPACE_PATH"));
    environment.insert(QStringLiteral("XDG_STATE_HOME"), filePath(QStringLiteral("state")));
    return environment;
}

Outcome CtlProgram::call(QStringList arguments, int timeoutMs) const
{
    QProcess process;
    start(process, std::move(arguments));
    Outcome outcome;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit) {
        outcome.code = process.exitCode();
    } else {
        process.kill();
        process.waitForFinished();
    }
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

void CtlProgram::start(QProcess &process, QStringList arguments) const
{
    arguments << QStringLiteral("--db") << database() << QStringLiteral("--workspace") << folder();
    process.setProcessEnvironment(environment());
    process.start(program(), arguments);
}

QByteArray CtlProgram::readUntil(QProcess &process, const char *text)
{
    QByteArray out = process.readAllStandardOutput();
    while (!out.contains(text) && process.waitForReadyRead(30000)) {
        out += process.readAllStandardOutput();
    }
    return out;
}

QString CtlProgram::write(const QString &name, const QByteArray &text) const
{
    const QString path = filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) {
        qFatal("cannot write %s", qPrintable(path));
    }
    return path;
}

bool CtlProgram::submitNoop(int count, int sleepMs) const
{
    const Outcome outcome = call({QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("noop"),
                                  QStringLiteral("--payload"), QStringLiteral("{\"sleep_ms\": %1}").arg(sleepMs),
                                  QStringLiteral("--count"), QString::number(count)});
    if (outcome.code != 0) {
        qWarning("%s", outcome.err.constData());
    }
    return outcome.code == 0;
}

qint64 CtlProgram::jobs(const QString &status) const
{
    return call({QStringLiteral("status"), QStringLiteral("--json")})
        .object()
        .value(QLatin1String("jobs"))
        .toObject()
        .value(status)
        .toInteger(-1);
}
