// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobfiles.h"

#include "core/config/jobtypes.h"
#include "core/model/temporaryoutput.h"
#include "core/worker/fileerrors.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qsizetype largestInput = 256LL * 1024 * 1024; // bytes
constexpr int cleanedAttempts = 100; ///< the latest attempts whose temporary files are removed
constexpr int repeatedAttempts = 10; ///< the same for attempts that a restored database will repeat

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobFiles", text);
}

bool isBelow(const QString &path, const QString &folder)
{
    return path.startsWith(folder.endsWith(u'/') ? folder : folder + u'/');
}

/// Returns the path with the symbolic links of its existing folders resolved. The last part of the path is not
/// resolved: renaming a file to a link replaces the link. Returns an empty string if a folder is a dangling link.
QString resolveFolders(const QString &path)
{
    QString missing = QFileInfo(path).fileName();
    for (QString folder = QFileInfo(path).path();; folder = QFileInfo(folder).path()) {
        const QFileInfo info(folder);
        if (info.exists())
            return QDir::cleanPath(info.canonicalFilePath() + u'/' + missing);
        if (info.isSymLink() || folder == QLatin1String("/"))
            return {}; // a dangling link: creating the folder would follow it
        missing = info.fileName() + u'/' + missing;
    }
}

Error outsideError(const QString &target, const QString &workspace)
{
    return {
        ErrorCode::PermissionDenied,
        tr("The output %1 lies outside the workspace %2. Workers write outputs only inside the workspace, and inside "
           "the folders that the option --output-root allows.")
            .arg(target, workspace),
        {}};
}

/// Returns the folder that contains the target, with symbolic links resolved.
Result<QString> folderOf(const QString &target, const OutputFolders &folders)
{
    const QString resolved = resolveFolders(target);
    if (const QString root = QFileInfo(folders.workspace).canonicalFilePath(); root.isEmpty())
        return failure(ErrorCode::Unreachable, tr("The workspace %1 does not exist.").arg(folders.workspace));
    else if (isBelow(resolved, root))
        return folders.workspace;
    for (const QString &folder : folders.roots) {
        const QString root = QFileInfo(folder).canonicalFilePath();
        if (root.isEmpty() && isBelow(target, folder))
            return failure(ErrorCode::Unreachable, tr("The output root %1 does not exist.").arg(folder));
        if (!root.isEmpty() && isBelow(resolved, root))
            return folder;
    }
    return failure(outsideError(target, folders.workspace));
}

/// Returns whether the folder is on a file system of this machine, whose operations do not block for long. All file
/// systems that are not known count as remote.
bool isLocal(const QString &folder)
{
    struct statfs info = {};
    if (statfs(QFile::encodeName(folder).constData(), &info) != 0)
        return false;
    switch (static_cast<quint32>(info.f_type)) {
    case 0x0000EF53: // ext2, ext3, ext4
    case 0x58465342: // XFS
    case 0x9123683E: // Btrfs
    case 0x2FC12FC1: // ZFS
    case 0xF2F52010: // F2FS
    case 0xCA451A4E: // bcachefs
    case 0x01021994: // tmpfs
    case 0x858458F6: // ramfs
    case 0x794C7630: // overlayfs
    case 0x0000F15F: // eCryptfs
    case 0x00004D44: // FAT
    case 0x2011BAB0: // exFAT
        return true;
    default:
        return false;
    }
}

bool isFolder(const QString &path)
{
    struct stat info = {};
    return stat(QFile::encodeName(path).constData(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// Creates a folder and gives it to the owner, if there is one. Returns 0 or errno.
int makeFolder(const QString &folder, const std::optional<OutputOwner> &owner)
{
    if (mkdir(QFile::encodeName(folder).constData(), 0777) != 0)
        return errno;
    if (owner)
        owner->adopt(folder);
    return 0;
}

/// Creates a folder and its parents. Returns 0 or errno. (QDir::mkpath() does not report a reason.)
int makeFolders(const QString &folder, const std::optional<OutputOwner> &owner)
{
    if (isFolder(folder))
        return 0;
    int number = makeFolder(folder, owner);
    if (number == ENOENT && folder != QLatin1String("/")) {
        if (const int parent = makeFolders(QFileInfo(folder).path(), owner); parent != 0)
            return parent;
        number = makeFolder(folder, owner);
    }
    return number == EEXIST && isFolder(folder) ? 0 : number; // another process may have created it
}

/// Reads an ordinary file.
Result<QByteArray> readFile(const QString &path)
{
    // Without O_NONBLOCK, some files of /proc block until they have content.
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return failure(inputError(path, errno));
    struct stat info = {};
    int number = fstat(fd, &info) == 0 ? 0 : errno;
    if (number == 0 && !S_ISREG(info.st_mode)) {
        close(fd);
        return failure(ErrorCode::InvalidArgument, tr("The input %1 is not a file.").arg(path));
    }
    // Some files of /proc have the size 0, others an enormous one.
    QByteArray content;
    content.reserve(std::clamp<qsizetype>(info.st_size, 0, largestInput) + 1);
    std::vector<char> buffer(256 * 1024);
    while (number == 0 && content.size() <= largestInput) {
        const ssize_t n = read(fd, buffer.data(), buffer.size());
        if (n > 0)
            content.append(buffer.data(), n);
        else if (n == 0)
            break;
        else if (errno != EINTR)
            number = errno;
    }
    close(fd);
    if (number != 0)
        return failure(inputError(path, number));
    if (content.size() > largestInput)
        return failure(ErrorCode::InvalidArgument,
                       tr("The input %1 is larger than %2 MB.").arg(path).arg(largestInput / 1024 / 1024));
    return content;
}

} // namespace

Result<OutputPath> resolveOutputPath(const Job &job, const OutputFolders &folders)
{
    OutputPath output;
    // System calls would use the part before it.
    if (job.outputFile.contains(QChar::Null) || job.inputFile.contains(QChar::Null))
        return failure(ErrorCode::InvalidArgument, tr("A path of the job contains a null character."));
    const std::optional<JobType> type = jobType(job.type);
    const bool needsOutput = type && !type->inputSuffixes.isEmpty();
    if (job.outputFile.isEmpty()) {
        if (needsOutput)
            return failure(ErrorCode::InvalidArgument, tr("The job has no output file."));
        return output;
    }
    output.target = QDir::cleanPath(QDir(folders.workspace).absoluteFilePath(job.outputFile));
    output.temporary = temporaryOutput(output.target, job.id, job.attempts);
    output.format = type ? formatOfOutput(*type, output.target) : QString();
    const Result<QString> folder = folderOf(output.target, folders);
    if (!folder)
        return failure(folder.error());
    output.folder = *folder;
    if (QFileInfo(output.target).isDir())
        return failure(ErrorCode::InvalidArgument, tr("The output %1 is a folder.").arg(output.target));
    if (needsOutput && output.format.isEmpty()) {
        QStringList suffixes;
        for (const QString &format : type->formats)
            suffixes.append(outputSuffix(*type, format));
        return failure(ErrorCode::InvalidArgument,
                       tr("Jobs of type %1 cannot produce the output %2. Possible suffixes: %3.")
                           .arg(job.type, QFileInfo(output.target).fileName(), suffixes.join(QStringLiteral(", "))));
    }
    return output;
}

Status prepareOutput(const Job &job, OutputPath &output, const OutputFolders &folders)
{
    if (output.target.isEmpty())
        return {};
    const QString folder = QFileInfo(output.target).path();
    if (const int number = makeFolders(folder, output.owner); number != 0) {
        Error error = outputError(output.target, number);
        if (number == ENOTDIR || number == EEXIST)
            error.message = tr("The folder %1 cannot be created because a file with this name exists.").arg(folder);
        return failure(error);
    }
    // Check the path again, now that all folders exist and their links can be resolved.
    if (const Result<QString> allowed = folderOf(output.target, folders); !allowed)
        return failure(allowed.error());
    // Other programs can store any number of attempts. A worker that was killed because its database was replaced may
    // have left a file of an attempt that the new database has not reached; on a network share, removing each of them
    // would take a round trip.
    output.isLocal = isLocal(folder);
    const int further = output.isLocal ? repeatedAttempts : 0;
    const int latest = std::min(job.attempts, std::numeric_limits<int>::max() - further) + further;
    for (int attempt = latest; attempt > std::max(0, job.attempts - cleanedAttempts); --attempt) {
        const QString file = temporaryOutput(output.target, job.id, attempt);
        // A file of a later attempt that is newer than this claim belongs to another worker: this one was suspended.
        if (attempt > job.attempts && job.startedAt.isValid() && QFileInfo(file).lastModified() >= job.startedAt)
            continue;
        // On a disk that is read-only for a moment, the file would be left: no later attempt would remove it.
        if (unlink(QFile::encodeName(file).constData()) == 0)
            removeTemporaryOutputs(file); // those of the further outputs
        else if (errno == EROFS)
            return failure(outputError(file, EROFS));
    }
    return {};
}

Status checkInputIsKept(const Job &job, const QString &target, const QString &workspace)
{
    // The output of a notebook can have the same suffix as its input.
    const QString input = job.inputFile.isEmpty()
                            ? QString()
                            : QFileInfo(QDir(workspace).absoluteFilePath(job.inputFile)).canonicalFilePath();
    if (!input.isEmpty() && input == QFileInfo(target).canonicalFilePath())
        return failure(ErrorCode::InvalidArgument,
                       tr("The output %1 would overwrite the input. Choose another output file.").arg(target));
    return {};
}

bool readsInputFile(const Job &job, const QJsonObject &payload)
{
    const QJsonValue data = payload.value(QLatin1String("data"));
    return !data.isString() || (data.toString().isEmpty() && QFileInfo::exists(job.inputFile));
}

Result<QByteArray> readInput(const Job &job, const QJsonObject &payload)
{
    if (!readsInputFile(job, payload))
        return payload.value(QLatin1String("data")).toString().toUtf8();
    if (job.inputFile.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       tr("The job has no input: its payload has no data, and no input file is set."));
    const QFileInfo info(job.inputFile);
    // In a container, only relative links within the workspace can be followed.
    if (!info.exists() && info.isSymLink())
        return failure(ErrorCode::NotFound,
                       tr("The input %1 is a link to %2, which does not exist or lies outside the container.")
                           .arg(job.inputFile, info.symLinkTarget()));
    if (!info.exists())
        return failure(ErrorCode::NotFound, tr("The input %1 does not exist.").arg(job.inputFile));
    if (!info.isFile())
        return failure(ErrorCode::InvalidArgument, tr("The input %1 is not a file.").arg(job.inputFile));
    return readFile(job.inputFile);
}

Status writeOutput(const QString &path, const QByteArray &bytes)
{
    const QByteArray name = QFile::encodeName(path);
    const int fd = open(name.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (fd < 0)
        return failure(outputError(path, errno));
    // Do not write to devices or pipes, and do not remove them on failure.
    struct stat info = {};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return failure(ErrorCode::InvalidArgument, tr("The output %1 is not an ordinary file.").arg(path));
    }
    qsizetype written = 0;
    int errorNumber = 0;
    while (written < bytes.size() && errorNumber == 0) {
        const ssize_t n = write(fd, bytes.constData() + written, static_cast<size_t>(bytes.size() - written));
        if (n >= 0)
            written += n;
        else if (errno != EINTR)
            errorNumber = errno;
    }
    if (close(fd) != 0 && errorNumber == 0)
        errorNumber = errno;
    if (errorNumber != 0) {
        unlink(name.constData());
        return failure(outputError(path, errorNumber));
    }
    return {};
}

Status commitOutputs(const OutputPath &output, const QList<Fingerprint::Further> &further,
                     const QList<Fingerprint::Further> &obsolete)
{
    const QString folder = QFileInfo(output.target).path() + u'/';
    const auto commit = [&output](const QString &temporary, const QString &target) -> Status {
        if (output.owner)
            output.owner->adopt(temporary);
        if (rename(QFile::encodeName(temporary).constData(), QFile::encodeName(target).constData()) != 0)
            return failure(outputError(target, errno));
        return {};
    };
    // The last one first: if the worker dies in between, the numbers of the rest have no gap
    // (removeTemporaryOutputs()).
    for (qsizetype i = further.size() - 1; i >= 0; --i) {
        const Status committed = commit(temporaryFurtherOutput(output.temporary, static_cast<int>(i) + 1),
                                        folder + further.at(i).name);
        if (!committed)
            return committed;
    }
    if (const Status committed = commit(output.temporary, output.target); !committed)
        return committed;
    for (const Fingerprint::Further &file : obsolete) {
        if (matchesMetadata(folder + file.name, file.metadata)) // otherwise it is the output of another job by now
            QFile::remove(folder + file.name);
    }
    return {};
}

QJsonObject outputMetadata(const QString &path)
{
    const QFileInfo info(path);
    return {{QStringLiteral("size"), info.size()},
            {QStringLiteral("mtime_ms"), info.lastModified().toMSecsSinceEpoch()}};
}

bool matchesMetadata(const QString &path, const QJsonObject &metadata)
{
    const QFileInfo info(path);
    if (!info.isFile() || info.size() == 0)
        return false;
    const QJsonObject current = outputMetadata(path);
    for (const QString &key : {QStringLiteral("size"), QStringLiteral("mtime_ms")}) {
        if (metadata.contains(key) && metadata.value(key).toInteger() != current.value(key).toInteger())
            return false;
    }
    return true;
}

} // namespace lifeguard
