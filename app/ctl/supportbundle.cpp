// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/supportbundle.h"

#include "app/ctl/commandline.h"
#include "app/ctl/configtable.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/base/paths.h"
#include "core/base/privatefile.h"
#include "core/base/secretmasking.h"
#include "core/base/systemclock.h"
#include "core/store/eventlog.h"
#include "core/store/jobreader.h"
#include "core/store/workerregistry.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>
#include <QSysInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace lifeguard::ctl {
namespace {

constexpr int maxEvents = 2000;
constexpr int maxLogs = 30;
constexpr qint64 logBytes = 64 * 1024; ///< of the end of each log

QByteArray maskedText(const QString &text)
{
    return maskSecrets(text).toUtf8();
}

QByteArray jsonText(const QJsonArray &rows)
{
    return QJsonDocument(maskedJson(rows).toArray()).toJson();
}

QByteArray versions()
{
    QString text = QStringLiteral("Lifeguard %1\nQt %2 (compiled with %3)\n%4\nkernel %5 %6\n")
                       .arg(QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion()),
                            QStringLiteral(QT_VERSION_STR), QSysInfo::prettyProductName(), QSysInfo::kernelType(),
                            QSysInfo::kernelVersion());
    // Only the names of variables that select files and engines: their values are paths.
    for (const char *name : {"DB_PATH", "CLM_JOBS_DB_PATH", "WORKSPACE_PATH", "DOCKER_HOST", "DOCKER_CONTEXT",
                             "PLANTUML_JAR", "GRAPHVIZ_DOT", "LIFEGUARD_DRAWIO", "LIFEGUARD_PYTHON", "LANG"}) {
        if (qEnvironmentVariableIsSet(name))
            text += QStringLiteral("%1=%2\n").arg(QLatin1String(name), qEnvironmentVariable(name));
    }
    return maskedText(text);
}

QByteArray findingsText(const QList<Finding> &findings)
{
    QString text;
    for (const Finding &finding : findings) {
        text += QStringLiteral("%1\t%2\t%3\n").arg(toString(finding.area), toString(finding.level), finding.text);
        if (!finding.advice.isEmpty())
            text += QStringLiteral("\t\t%1\n").arg(finding.advice);
    }
    return maskedText(text);
}

QByteArray configurationText(const ConfigSelection &config)
{
    return maskedText(config.found.path + u'\n'
                      + (config.result ? configTable(*config.result) : errorLines(config.result.error())));
}

QByteArray countsText(JobReader &reader)
{
    const auto counts = reader.counts();
    if (!counts)
        return maskedText(counts.error().message);
    QString text = QStringLiteral("type\tpending\tprocessing\tcompleted\tfailed\tcancelled\n");
    for (auto type = counts->cbegin(); type != counts->cend(); ++type) {
        text += QStringLiteral("%1\t%2\t%3\t%4\t%5\t%6\n")
                    .arg(type.key())
                    .arg(type->pending)
                    .arg(type->processing)
                    .arg(type->completed)
                    .arg(type->failed)
                    .arg(type->cancelled);
    }
    return maskedText(text);
}

QByteArray endOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    if (file.size() > logBytes)
        file.seek(file.size() - logBytes);
    return maskedText(QString::fromUtf8(file.read(logBytes)));
}

/// Appends the ends of the newest logs.
void appendLogs(QList<SupportFile> &files, QList<WorkerRow> workers)
{
    std::sort(workers.begin(), workers.end(),
              [](const WorkerRow &a, const WorkerRow &b) { return a.startedAt > b.startedAt; });
    int count = 0;
    for (const WorkerRow &worker : std::as_const(workers)) {
        const QByteArray text = worker.logPath.isEmpty() ? QByteArray() : endOf(worker.logPath);
        if (text.isEmpty())
            continue;
        files.append({QStringLiteral("logs/") + QFileInfo(worker.logPath).fileName(), text});
        if (++count == maxLogs)
            return;
    }
}

void appendDatabase(QList<SupportFile> &files, const QString &path)
{
    const auto database = Database::open(path, OpenMode::ReadOnly);
    if (!database) {
        files.append({QStringLiteral("database.txt"), maskedText(database.error().message)});
        return;
    }
    JobReader jobs(**database);
    files.append({QStringLiteral("jobs.txt"), countsText(jobs)});
    const SystemClock clock;
    QJsonArray rows;
    if (const auto events = EventLog(**database, clock).list(maxEvents)) {
        for (const Event &event : *events)
            rows.append(toJson(event));
    }
    files.append({QStringLiteral("events.json"), jsonText(rows)});
    const auto workers = WorkerRegistry(**database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
    if (!workers)
        return;
    rows = {};
    for (const WorkerRow &worker : *workers)
        rows.append(toJson(worker));
    files.append({QStringLiteral("workers.json"), jsonText(rows)});
    appendLogs(files, *workers);
}

Status writeFiles(const QString &folder, const QList<SupportFile> &files)
{
    for (const SupportFile &entry : files) {
        const QString path = folder + QLatin1Char('/') + entry.name;
        QFile file(path);
        if (!QDir().mkpath(QFileInfo(path).path()) || !file.open(QIODevice::WriteOnly)
            || file.write(entry.text) != entry.text.size() || !file.flush()) {
            return failure(ErrorCode::Io, Text::tr("%1 could not be written: %2.").arg(path, file.errorString()));
        }
    }
    return {};
}

} // namespace

QList<SupportFile> collectSupportFiles(const CommandLine &line)
{
    const ExaminationRequest request = ExaminationRequest::of(line);
    QList<SupportFile> files{{QStringLiteral("versions.txt"), versions()},
                             {QStringLiteral("doctor.txt"), findingsText(examineMachine(request))}};
    if (line.config())
        files.append({QStringLiteral("configuration.txt"), configurationText(*line.config())});
    if (QFileInfo::exists(request.database))
        appendDatabase(files, request.database);
    return files;
}

Status writeSupportArchive(const QString &path, const QList<SupportFile> &files)
{
    if (QFileInfo::exists(path))
        return failure(ErrorCode::InvalidArgument, Text::tr("%1 exists already. Name another file.").arg(path));
    const QString tar = QStandardPaths::findExecutable(QStringLiteral("tar"));
    if (tar.isEmpty())
        return failure(ErrorCode::ToolMissing, Text::tr("The program tar is missing. Install it: apt install tar"));
    const QTemporaryDir temporary;
    if (!temporary.isValid()) {
        return failure(ErrorCode::Io,
                       Text::tr("A temporary folder could not be created: %1.").arg(temporary.errorString()));
    }
    QString name = QFileInfo(path).fileName();
    name = name.left(std::max<qsizetype>(1, name.indexOf(QLatin1Char('.'), 1)));
    if (const Status written = writeFiles(temporary.filePath(name), files); !written)
        return written;
    // A name of this process, so that no file of the user is overwritten.
    const QString partial = QFileInfo(path).path()
                          + QStringLiteral("/.lifeguard-support-%1.part").arg(QCoreApplication::applicationPid());
    if (!createPrivateFile(partial))
        return failure(ErrorCode::Io, Text::tr("This user cannot write to %1.").arg(QFileInfo(path).path()));
    QProcess process;
    process.start(tar, {QStringLiteral("--create"), QStringLiteral("--gzip"), QStringLiteral("--file"), partial,
                        QStringLiteral("--directory"), temporary.path(), name});
    process.waitForFinished(-1);
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        QFile::remove(partial);
        return failure(ErrorCode::ToolFailed, Text::tr("tar could not write %1.").arg(path),
                       QString::fromLocal8Bit(process.readAllStandardError()));
    }
    if (!QFile::rename(partial, path)) {
        QFile::remove(partial);
        return failure(ErrorCode::Io, Text::tr("%1 could not be created.").arg(path));
    }
    return {};
}

} // namespace lifeguard::ctl
