// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/jobplanner.h"

#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonParseError>
#include <QRegularExpression>
#include <QSet>
#include <QStringDecoder>
#include <QUuid>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobPlanner", text);
}

QString absoluteClean(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

bool isBelow(const QString &path, const QString &folder)
{
    return path.startsWith(folder.endsWith(u'/') ? folder : folder + u'/');
}

/// The canonical path of something that need not be there yet.
QString canonical(const QString &path)
{
    QString missing;
    for (QString at = path;; at = QFileInfo(at).path()) {
        const QFileInfo info(at);
        if (info.exists())
            return missing.isEmpty() ? info.canonicalFilePath() : QDir::cleanPath(info.canonicalFilePath() + u'/' + missing);
        if (at == QLatin1String("/") || at.isEmpty())
            return path;
        missing = missing.isEmpty() ? info.fileName() : info.fileName() + u'/' + missing;
    }
}

/// Makes a plan; its parts share the options and what was taken already.
class Planner
{
public:
    Planner(const PlanOptions &options, QString workspace)
        : m_options(options)
        , m_workspace(std::move(workspace))
        , m_root(QFileInfo(m_workspace).canonicalFilePath())
        , m_outputs(options.outputFolder.isEmpty() ? m_workspace + QStringLiteral("/output") : absoluteClean(options.outputFolder))
        , m_outputRoot(canonical(m_outputs))
    {
    }

    Status check() const;
    void add(const QString &path);
    JobPlan take() { return std::move(m_plan); }

private:
    void addFolder(const QString &folder, const QString &named);
    void addFile(const QString &path, const QString &named);
    QString copyTarget(const QString &path, const QString &named) const;
    void skip(const QString &path, const QString &reason) { m_plan.skipped.append({path, reason}); }

    const PlanOptions &m_options;
    const QString m_workspace;
    const QString m_root; ///< the workspace, symbolic links resolved
    const QString m_outputs;
    const QString m_outputRoot;
    QSet<QString> m_taken; ///< canonical inputs
    QHash<QString, QString> m_makers; ///< input by output
    QHash<QString, QString> m_copies; ///< source by target of the copy
    JobPlan m_plan;
};

Status Planner::check() const
{
    QStringList formats;
    if (!m_options.type.isEmpty()) {
        const std::optional<JobType> type = jobType(m_options.type);
        if (!type)
            return failure(ErrorCode::InvalidArgument, tr("There is no converter for the type '%1'.").arg(m_options.type));
        if (type->inputSuffixes.isEmpty())
            return failure(ErrorCode::InvalidArgument, tr("Jobs of type '%1' take no files.").arg(m_options.type));
        formats = type->formats;
    } else {
        for (const JobType &type : jobTypes())
            formats += type.formats;
    }
    formats.removeDuplicates();
    if (!m_options.format.isEmpty() && !formats.contains(m_options.format)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("There is no format '%1'; possible are: %2.").arg(m_options.format, formats.join(QStringLiteral(", "))));
    }
    if (m_outputRoot != m_root && !isBelow(m_outputRoot, m_root)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("The output folder %1 lies outside the workspace %2: workers write only below it.").arg(m_outputs, m_workspace));
    }
    return {};
}

void Planner::add(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        skip(path, tr("it does not exist"));
    else if (info.isDir())
        addFolder(absoluteClean(path), absoluteClean(path));
    else if (info.isFile())
        addFile(absoluteClean(path), absoluteClean(path));
    else
        skip(path, tr("it is no file"));
}

void Planner::addFolder(const QString &folder, const QString &named)
{
    // What was made is not converted again. Named itself, the folder is meant.
    if (folder != named && (canonical(folder) == m_outputRoot || canonical(folder) == m_root + QStringLiteral("/output")))
        return;
    if (!QFileInfo(folder).isReadable()) {
        skip(folder, tr("the folder cannot be read"));
        return;
    }
    // Without QDir::Hidden: .git and the like are nobody's input. Links to folders are not followed: they may be loops.
    const QFileInfoList entries = QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QFileInfo &entry : entries) {
        if (entry.isFile())
            addFile(entry.absoluteFilePath(), named);
        else if (!entry.isSymLink())
            addFolder(entry.absoluteFilePath(), named);
    }
}

void Planner::addFile(const QString &path, const QString &named)
{
    const std::optional<JobType> bySuffix = jobTypeForFile(path);
    // With a type given, a file named itself is taken at its word; a folder's files still have to be of the type.
    const std::optional<JobType> type = m_options.type.isEmpty() ? bySuffix : jobType(m_options.type);
    if (!type || (path != named && (!bySuffix || bySuffix->name != type->name))) {
        static const QRegularExpression database(QStringLiteral("\\.(db|sqlite3?)(-wal|-shm|-journal)?$"));
        if (path != named && database.match(path).hasMatch())
            return; // the queue itself usually lies in the workspace: nobody means it
        const bool isPart = QFileInfo(path).suffix().toLower() == QLatin1String("iuml");
        skip(path, isPart ? tr("a part that other diagrams include") : tr("no converter for this kind of file"));
        return;
    }
    const QString format = m_options.format.isEmpty() ? type->formats.value(0) : m_options.format;
    if (!type->formats.contains(format)) {
        skip(path, tr("%1 cannot make '%2'").arg(type->name, format));
        return;
    }
    if (!QFileInfo(path).isReadable()) {
        skip(path, tr("it cannot be read"));
        return;
    }
    const QString real = QFileInfo(path).canonicalFilePath();
    if (m_taken.contains(real))
        return;

    PlannedJob planned;
    planned.source = path;
    QString relative;
    if (isBelow(real, m_root)) {
        relative = real.mid(m_root.size() + (m_root.endsWith(u'/') ? 0 : 1));
        planned.job.inputFile = QDir::cleanPath(m_workspace + u'/' + relative);
    } else if (m_options.copyIn) {
        planned.copyTo = copyTarget(path, named);
        planned.job.inputFile = planned.copyTo;
        relative = planned.copyTo.mid(m_workspace.size() + (m_workspace.endsWith(u'/') ? 0 : 1));
    } else {
        skip(path, tr("it lies outside the workspace %1; it can be copied in (--copy-in)").arg(m_workspace));
        return;
    }
    const QFileInfo below(relative);
    const QString folder = below.path() == QLatin1String(".") ? QString() : below.path() + u'/';
    planned.job.outputFile = QDir::cleanPath(m_outputs + u'/' + folder + below.completeBaseName() + u'.' + format);
    if (const auto maker = m_makers.constFind(planned.job.outputFile); maker != m_makers.cend()) {
        skip(path, tr("it would overwrite the output of %1").arg(*maker));
        return;
    }
    planned.job.type = type->name;
    planned.job.priority = m_options.priority;
    planned.outputExists = QFileInfo::exists(planned.job.outputFile);
    m_taken.insert(real);
    m_makers.insert(planned.job.outputFile, path);
    if (!planned.copyTo.isEmpty())
        m_copies.insert(planned.copyTo, path);
    if (m_plan.format.isEmpty())
        m_plan.format = format;
    m_plan.jobs.append(planned);
}

QString Planner::copyTarget(const QString &path, const QString &named) const
{
    // A folder keeps its name and its inner order.
    const QString relative = path == named ? QFileInfo(path).fileName()
                                           : QFileInfo(named).fileName() + u'/' + QDir(named).relativeFilePath(path);
    const QString wanted = QDir::cleanPath(m_workspace + QStringLiteral("/input/") + relative);
    const auto isFree = [&](const QString &target) {
        if (m_copies.contains(target))
            return false;
        if (!QFileInfo::exists(target))
            return true;
        // The same file copied in earlier stays the one that it is.
        QFile ours(path);
        QFile theirs(target);
        return ours.size() == theirs.size() && ours.open(QIODevice::ReadOnly) && theirs.open(QIODevice::ReadOnly) && ours.readAll() == theirs.readAll();
    };
    const QFileInfo info(wanted);
    QString target = wanted;
    for (int number = 2; !isFree(target); ++number)
        target = QStringLiteral("%1/%2-%3.%4").arg(info.path(), info.completeBaseName()).arg(number).arg(info.suffix());
    return target;
}

/// Text of a diagram: UTF-8, or Latin-1 where it is none, as older ones are.
QString textOf(const QByteArray &bytes)
{
    QStringDecoder utf8(QStringDecoder::Utf8);
    const QString text = utf8(bytes);
    return utf8.hasError() ? QString::fromLatin1(bytes) : text;
}

/// What the diagram includes from files, with all they include: a change there has to be noticed as well.
void addIncludes(QCryptographicHash &hash, const QString &text, const QString &folder, QSet<QString> &seen)
{
    static const QRegularExpression include(QStringLiteral("^\\s*!\\s*(?:include(?:_many|_once|sub)?|import)\\s+([^<\\s][^\\n!]*?)\\s*(?:![^\\n]*)?$"),
                                            QRegularExpression::MultilineOption);
    for (auto match = include.globalMatch(text); match.hasNext();) {
        QString name = match.next().captured(1);
        name.remove(u'"');
        const QString path = QFileInfo(QDir(folder).absoluteFilePath(name)).canonicalFilePath();
        QFile file(path);
        if (path.isEmpty() || seen.contains(path) || !file.open(QIODevice::ReadOnly))
            continue;
        seen.insert(path);
        const QByteArray content = file.readAll();
        hash.addData(content);
        addIncludes(hash, textOf(content), QFileInfo(path).path(), seen);
    }
}

QString hashOfInput(const QByteArray &data, const QString &text, const QString &folder)
{
    // Without includes this is contentHash(), which CLX expects.
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(data);
    QSet<QString> seen;
    addIncludes(hash, text, folder, seen);
    return QString::fromLatin1(hash.result().toHex());
}

Status copyIn(const QString &from, const QString &to)
{
    if (QFileInfo::exists(to))
        return {}; // the same content: planned so
    if (!QDir().mkpath(QFileInfo(to).path()))
        return failure(ErrorCode::Io, tr("The folder %1 cannot be made.").arg(QFileInfo(to).path()));
    QFile file(from);
    if (!file.copy(to))
        return failure(ErrorCode::Io, tr("%1 cannot be copied to %2: %3.").arg(from, to, file.errorString()));
    return {};
}

} // namespace

Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options)
{
    if (!QFileInfo(options.workspace).isDir())
        return failure(ErrorCode::InvalidArgument, tr("The workspace %1 is no folder.").arg(options.workspace));
    Planner planner(options, absoluteClean(options.workspace));
    if (const Status checked = planner.check(); !checked)
        return failure(checked.error());
    for (const QString &path : paths)
        planner.add(path);
    JobPlan plan = planner.take();
    if (plan.format.isEmpty())
        plan.format = options.format;
    return plan;
}

Result<QList<NewJob>> executePlan(const JobPlan &plan)
{
    QList<NewJob> jobs;
    jobs.reserve(plan.jobs.size());
    for (const PlannedJob &planned : plan.jobs) {
        if (!planned.copyTo.isEmpty()) {
            if (const Status copied = copyIn(planned.source, planned.copyTo); !copied)
                return failure(copied.error());
        }
        NewJob job = planned.job;
        QFile input(job.inputFile);
        if (!input.open(QIODevice::ReadOnly))
            return failure(ErrorCode::Io, tr("%1 cannot be read: %2.").arg(job.inputFile, input.errorString()));
        const QString text = textOf(input.readAll());
        job.correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        job.contentHash = hashOfInput(text.toUtf8(), text, QFileInfo(job.inputFile).path());
        const QJsonObject payload{
            {QStringLiteral("correlation_id"), job.correlationId},
            {QStringLiteral("data"), text},
            {QStringLiteral("input_file"), job.inputFile},
            {QStringLiteral("input_file_name"), QFileInfo(job.inputFile).fileName()},
            {QStringLiteral("output_file"), job.outputFile},
            {QStringLiteral("output_file_name"), QFileInfo(job.outputFile).fileName()},
            {QStringLiteral("output_format"), QFileInfo(job.outputFile).suffix()},
        };
        job.payload = QJsonDocument(payload).toJson(QJsonDocument::Compact);
        jobs.append(job);
    }
    return jobs;
}

Result<QList<NewJob>> payloadJobs(const QString &type, const QByteArray &payload, int count, int priority)
{
    if (type.trimmed().isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("Jobs need a type."));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(payload, &error);
    if (!document.isObject()) {
        const QString reason = error.error == QJsonParseError::NoError ? tr("it is no object") : error.errorString();
        return failure(ErrorCode::InvalidArgument, tr("The payload has to be a JSON object, such as {\"sleep_ms\": 100}: %1.").arg(reason));
    }
    // The columns of CLX are NOT NULL; paths in the payload are the job's own.
    const QJsonObject object = document.object();
    NewJob job;
    job.type = type.trimmed();
    job.inputFile = object.value(QLatin1String("input_file")).toString();
    job.outputFile = object.value(QLatin1String("output_file")).toString();
    job.correlationId = object.value(QLatin1String("correlation_id")).toString();
    job.payload = document.toJson(QJsonDocument::Compact);
    job.contentHash = contentHash(object.contains(QLatin1String("data")) ? object.value(QLatin1String("data")).toString().toUtf8() : job.payload);
    job.priority = priority;
    return QList<NewJob>(std::max(1, count), job);
}

QString contentHash(const QByteArray &data)
{
    return QString::fromLatin1(QCryptographicHash::hash(data, QCryptographicHash::Sha256).toHex());
}

} // namespace lifeguard
