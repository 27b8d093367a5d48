// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobfiles.h"

#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobFiles", text);
}

Error systemError(const QString &path, int number)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(number));
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return {ErrorCode::DiskFull, tr("The output %1 cannot be written: there is no space left on its disk.").arg(path), reason};
    case EACCES:
    case EPERM:
    case EROFS:
        return {ErrorCode::PermissionDenied, tr("The output %1 cannot be written: no permission (%2).").arg(path, reason), reason};
    default:
        return {ErrorCode::Io, tr("The output %1 cannot be written: %2.").arg(path, reason), reason};
    }
}

bool isBelow(const QString &path, const QString &folder)
{
    return path.startsWith(folder.endsWith(u'/') ? folder : folder + u'/');
}

/// The path with the symbolic links of all its folders resolved, as far as they exist. The last part itself is not
/// followed: renaming replaces a link, it does not write through it.
QString resolved(const QString &path)
{
    QString missing = QFileInfo(path).fileName();
    for (QString folder = QFileInfo(path).path();; folder = QFileInfo(folder).path()) {
        const QFileInfo info(folder);
        if (info.exists())
            return QDir::cleanPath(info.canonicalFilePath() + u'/' + missing);
        if (info.isSymLink() || folder == QLatin1String("/"))
            return {}; // a link to nowhere: making the folder would follow it
        missing = info.fileName() + u'/' + missing;
    }
}

Error outside(const QString &target, const QString &workspace)
{
    return {ErrorCode::PermissionDenied,
            tr("The output %1 lies outside the workspace %2: workers write only below it.").arg(target, workspace), {}};
}

QString temporaryName(const QString &target, const Job &job, int attempt)
{
    const QFileInfo info(target);
    return info.path() + QStringLiteral("/.lifeguard-%1-%2-%3.tmp").arg(job.id).arg(attempt).arg(info.fileName().right(100));
}

} // namespace

Result<OutputPath> outputPathOf(const Job &job, const QString &workspace)
{
    OutputPath output;
    const std::optional<JobType> type = jobType(job.type);
    const bool needsOutput = type && !type->inputSuffixes.isEmpty();
    if (job.outputFile.isEmpty()) {
        if (needsOutput)
            return failure(ErrorCode::InvalidArgument, tr("The job names no output file."));
        return output;
    }
    output.target = QDir::cleanPath(QDir(workspace).absoluteFilePath(job.outputFile));
    output.temporary = temporaryName(output.target, job, job.attempts);
    output.format = type ? formatOfOutput(*type, output.target) : QString();
    const QString root = QFileInfo(workspace).canonicalFilePath();
    if (root.isEmpty())
        return failure(ErrorCode::NotFound, tr("The workspace %1 does not exist.").arg(workspace));
    if (!isBelow(resolved(output.target), root))
        return failure(outside(output.target, workspace));
    if (QFileInfo(output.target).isDir())
        return failure(ErrorCode::InvalidArgument, tr("The output %1 is a folder.").arg(output.target));
    if (needsOutput && output.format.isEmpty()) {
        QStringList suffixes;
        for (const QString &format : type->formats)
            suffixes.append(outputSuffix(*type, format));
        return failure(ErrorCode::InvalidArgument,
                       tr("%1 cannot make '%2'. Name the output with one of: %3.")
                           .arg(job.type, QFileInfo(output.target).fileName(), suffixes.join(QStringLiteral(", "))));
    }
    // A notebook's output can have its input's suffix.
    const QString input = job.inputFile.isEmpty() ? QString() : QFileInfo(QDir(workspace).absoluteFilePath(job.inputFile)).canonicalFilePath();
    if (!input.isEmpty() && input == QFileInfo(output.target).canonicalFilePath())
        return failure(ErrorCode::InvalidArgument, tr("The output %1 is the input itself: it would be overwritten.").arg(output.target));
    return output;
}

Status prepareOutput(const Job &job, const OutputPath &output, const QString &workspace)
{
    if (output.target.isEmpty())
        return {};
    const QString folder = QFileInfo(output.target).path();
    errno = 0;
    if (!QDir().mkpath(folder)) {
        const int number = errno;
        Error error = systemError(output.target, number);
        if (number == 0 || number == ENOTDIR || number == EEXIST)
            error.message = tr("The folder %1 cannot be made: a file of that name is in the way.").arg(folder);
        return failure(error);
    }
    // Looked at again: now all its folders exist.
    if (!isBelow(resolved(output.target), QFileInfo(workspace).canonicalFilePath()))
        return failure(outside(output.target, workspace));
    for (int attempt = 1; attempt <= job.attempts; ++attempt)
        QFile::remove(temporaryName(output.target, job, attempt));
    return {};
}

Result<QByteArray> inputOf(const Job &job, const QJsonObject &payload)
{
    const QJsonValue data = payload.value(QLatin1String("data"));
    if (data.isString())
        return data.toString().toUtf8();
    if (job.inputFile.isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("The job has no input: neither data nor a file."));
    const QFileInfo info(job.inputFile);
    // Of the host's links only those that lead from the workspace into it, relatively, lead anywhere in a container.
    if (!info.exists() && info.isSymLink())
        return failure(ErrorCode::NotFound, tr("The input %1 is a link to %2, which cannot be seen from here.").arg(job.inputFile, info.symLinkTarget()));
    if (!info.exists())
        return failure(ErrorCode::NotFound, tr("The input %1 does not exist.").arg(job.inputFile));
    if (!info.isFile())
        return failure(ErrorCode::InvalidArgument, tr("The input %1 is no file.").arg(job.inputFile));
    QFile file(job.inputFile);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::PermissionDenied, tr("The input %1 cannot be read: %2.").arg(job.inputFile, file.errorString()));
    return file.readAll();
}

Status writeOutput(const QString &path, const QByteArray &bytes)
{
    const QByteArray name = QFile::encodeName(path);
    const int fd = open(name.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (fd < 0)
        return failure(systemError(path, errno));
    // Never a device or a pipe: what stands there is not ours to fill, and not ours to remove when that fails.
    struct stat info = {};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return failure(ErrorCode::InvalidArgument, tr("The output %1 is no ordinary file.").arg(path));
    }
    qsizetype done = 0;
    int failed = 0;
    while (done < bytes.size() && failed == 0) {
        const ssize_t n = write(fd, bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (n >= 0)
            done += n;
        else if (errno != EINTR)
            failed = errno;
    }
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    if (failed != 0) {
        unlink(name.constData());
        return failure(systemError(path, failed));
    }
    return {};
}

Status commitOutput(const OutputPath &output)
{
    if (rename(QFile::encodeName(output.temporary).constData(), QFile::encodeName(output.target).constData()) != 0)
        return failure(systemError(output.target, errno));
    return {};
}

QJsonObject outputMetadata(const QString &path)
{
    const QFileInfo info(path);
    return {{QStringLiteral("size"), info.size()}, {QStringLiteral("mtime_ms"), info.lastModified().toMSecsSinceEpoch()}};
}

bool matchesMetadata(const QString &path, const QJsonObject &metadata)
{
    const QFileInfo info(path);
    if (!info.isFile() || info.size() == 0)
        return false;
    const QJsonObject now = outputMetadata(path);
    for (const QString &key : {QStringLiteral("size"), QStringLiteral("mtime_ms")}) {
        if (metadata.contains(key) && metadata.value(key).toInteger() != now.value(key).toInteger())
            return false;
    }
    return true;
}

} // namespace lifeguard
