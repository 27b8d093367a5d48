// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/jobplanner.h"

#include "core/base/filecopy.h"
#include "core/base/textdecoding.h"
#include "core/config/jobtypes.h"
#include "core/formats/notebookinput.h"
#include "core/formats/plantumltext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QRegularExpression>
#include <QSet>

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

/// Empty where it cannot be read, which is found out later as well.
QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Makes a plan; its parts share the options and what was taken already.
class Planner
{
public:
    Planner(const PlanOptions &options, QString workspace, Progress *progress)
        : m_options(options)
        , m_progress(progress)
        , m_workspace(std::move(workspace))
        , m_root(QFileInfo(m_workspace).canonicalFilePath())
        , m_outputs(options.outputFolder.isEmpty() ? m_workspace + QStringLiteral("/output") : absoluteClean(options.outputFolder))
        , m_outputRoot(canonical(m_outputs))
    {
    }

    Status check() const;
    void add(const QString &path);
    JobPlan take();

private:
    void addFolder(const QString &folder, const QString &named);
    void addFile(const QString &path, const QString &named);
    QString copyTarget(const QString &path, const QString &named) const;
    void skip(const QString &path, const QString &reason, bool isOutside = false) { m_plan.skipped.append({path, reason, isOutside}); }
    QString formatFor(const JobType &type) const;
    void addJob(PlannedJob planned, const JobType &type, const QString &outputName);
    void addIncluded(const QString &path);
    void takeBeside(const QString &source, const QString &target);
    /// Of each job that the file makes, what tells its output from the others' ("-page1"), and what its payload says.
    [[nodiscard]] QList<QPair<QString, QJsonObject>> variantsOf(const QByteArray &content, const JobType &type) const;
    bool isCancelled() const { return m_progress && m_progress->cancelled; }

    const PlanOptions &m_options;
    Progress *m_progress;
    const QString m_workspace;
    const QString m_root; ///< the workspace, symbolic links resolved
    const QString m_outputs;
    const QString m_outputRoot;
    QSet<QString> m_taken; ///< canonical inputs
    QHash<QString, QString> m_makers; ///< input by output
    QHash<QString, QString> m_copies; ///< source by target of the copy
    QList<QPair<QString, QString>> m_others; ///< files that make no job, and the folder named that they lie in
    QSet<QString> m_copiedFolders; ///< folders named that jobs are copied from
    qint64 m_bytesBeside = 0;
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
    for (auto chosen = m_options.formats.cbegin(); chosen != m_options.formats.cend(); ++chosen) {
        const std::optional<JobType> type = jobType(chosen.key());
        if (!type || !type->formats.contains(chosen.value()))
            return failure(ErrorCode::InvalidArgument, tr("%1 cannot make '%2'.").arg(chosen.key(), chosen.value()));
    }
    if (!m_options.format.isEmpty() && !formats.contains(m_options.format)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("There is no format '%1'; possible are: %2.").arg(m_options.format, formats.join(QStringLiteral(", "))));
    }
    static const QStringList kinds{QStringLiteral("completed"), QStringLiteral("code-along"), QStringLiteral("speaker")};
    if (!m_options.kind.isEmpty() && !kinds.contains(m_options.kind)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("There is no kind '%1'; possible are: %2.").arg(m_options.kind, kinds.join(QStringLiteral(", "))));
    }
    static const QRegularExpression language(QStringLiteral("^[A-Za-z0-9_-]*$"));
    if (!language.match(m_options.language).hasMatch())
        return failure(ErrorCode::InvalidArgument, tr("'%1' is no language such as 'en' or 'de'.").arg(m_options.language));
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
    if (QFileInfo(folder).fileName() == QLatin1String(".ipynb_checkpoints")) {
        skip(folder, tr("Jupyter keeps older states of notebooks there"));
        return;
    }
    if (!QFileInfo(folder).isReadable()) {
        skip(folder, tr("the folder cannot be read"));
        return;
    }
    // Without QDir::Hidden: .git and the like are nobody's input. Links to folders are not followed: they may be loops.
    const QFileInfoList entries = QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QFileInfo &entry : entries) {
        if (isCancelled())
            return;
        if (entry.isFile())
            addFile(entry.absoluteFilePath(), named);
        else if (entry.isSymLink())
            skip(entry.absoluteFilePath(), tr("a link to a folder: links are not followed; add the folder itself"));
        else
            addFolder(entry.absoluteFilePath(), named);
    }
}

QString Planner::formatFor(const JobType &type) const
{
    const QString chosen = m_options.formats.value(type.name, m_options.format);
    return chosen.isEmpty() ? type.formats.value(0) : chosen;
}

QList<QPair<QString, QJsonObject>> Planner::variantsOf(const QByteArray &content, const JobType &type) const
{
    if (type.name == QLatin1String("drawio") && m_options.pageIndex > 0)
        return {{QStringLiteral("-page%1").arg(m_options.pageIndex), {{QStringLiteral("page_index"), m_options.pageIndex}}}};
    if (type.name == QLatin1String("notebook")) {
        const QString kind = m_options.kind.isEmpty() ? QStringLiteral("completed") : m_options.kind;
        // Another kind or language is another output, beside the usual one.
        QString mark = kind == QLatin1String("completed") ? QString() : u'-' + kind;
        if (!m_options.language.isEmpty())
            mark += u'-' + m_options.language;
        return {{mark, {{QStringLiteral("kind"), kind}, {QStringLiteral("language"), m_options.language}}}};
    }
    QList<QPair<QString, QJsonObject>> variants{{QString(), QJsonObject()}};
    if (type.name == QLatin1String("plantuml")) {
        // The first is named as its file, as CLX expects; others by their names, or by their number as PlantUML does.
        static const QRegularExpression odd(QStringLiteral("[^\\w.-]+"), QRegularExpression::UseUnicodePropertiesOption);
        const QStringList names = plantUmlNames(content);
        for (int i = 1; i < names.size(); ++i) {
            QString mark = names.at(i).isEmpty() ? QStringLiteral("_%1").arg(i, 3, 10, QLatin1Char('0')) : u'-' + QString(names.at(i)).replace(odd, QStringLiteral("_"));
            variants.append({mark, {{QStringLiteral("diagram_index"), i}}});
        }
    }
    return variants;
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
        if (path != named && m_options.copyIn && !isBelow(QFileInfo(path).canonicalFilePath(), m_root)) {
            m_others.append({path, named});
            return;
        }
        const bool isPart = QFileInfo(path).suffix().toLower() == QLatin1String("iuml");
        skip(path, isPart ? tr("a part that other diagrams include") : tr("no converter for this kind of file"));
        return;
    }
    const QString format = formatFor(*type);
    if (!type->formats.contains(format)) {
        skip(path, tr("%1 cannot make '%2'").arg(type->name, format));
        return;
    }
    if (!QFileInfo(path).isReadable()) {
        skip(path, tr("it cannot be read"));
        return;
    }
    const qint64 size = QFileInfo(path).size();
    if (size > largestInput) {
        skip(path, tr("it is larger than %1 MB, the most that a job takes").arg(largestInput / 1'000'000));
        return;
    }
    const QByteArray content = type->name == QLatin1String("drawio") ? QByteArray() : contentOf(path); // its outside tells all
    if (type->name == QLatin1String("notebook") && QFileInfo(path).suffix().toLower() == QLatin1String("py") && !hasPercentCells(content)) {
        if (path != named && m_options.copyIn && !isBelow(QFileInfo(path).canonicalFilePath(), m_root)) // a module that notebooks import
            m_others.append({path, named});
        else
            skip(path, tr("a script without cells, so no notebook: no line begins with '# %%'"));
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
        if (!isBelow(canonical(planned.copyTo), m_root)) {
            skip(path, tr("it would be copied to %1, which a link leads out of the workspace").arg(planned.copyTo));
            return;
        }
        planned.copyBytes = size;
        planned.job.inputFile = planned.copyTo;
        relative = planned.copyTo.mid(m_workspace.size() + (m_workspace.endsWith(u'/') ? 0 : 1));
    } else {
        skip(path, tr("it lies outside the workspace %1").arg(m_workspace), true);
        ++m_plan.outside;
        return;
    }
    const QFileInfo below(relative);
    const QString folder = below.path() == QLatin1String(".") ? QString() : below.path() + u'/';
    planned.format = format;
    const bool isScript = type->name == QLatin1String("notebook") && format == QLatin1String("script");
    const QString suffix = isScript ? scriptSuffix(notebookLanguage(content, path)) : outputSuffix(*type, format);
    const qsizetype before = m_plan.jobs.size();
    const auto variants = variantsOf(content, *type);
    for (const auto &[mark, wishes] : variants) {
        planned.wishes = wishes;
        addJob(planned, *type, folder + below.completeBaseName() + mark + u'.' + suffix);
        if (m_plan.jobs.size() == before)
            return; // why is said
        planned.copyTo.clear(); // once is enough
        planned.copyBytes = 0;
    }
    m_taken.insert(real);
    if (!m_plan.jobs.at(before).copyTo.isEmpty()) {
        m_copies.insert(m_plan.jobs.at(before).copyTo, path);
        ++m_plan.copied;
        if (path != named)
            m_copiedFolders.insert(named);
        else if (type->name == QLatin1String("plantuml"))
            addIncluded(path);
    }
}

void Planner::addJob(PlannedJob planned, const JobType &type, const QString &outputName)
{
    planned.job.outputFile = QDir::cleanPath(m_outputs + u'/' + outputName);
    const QString output = canonical(planned.job.outputFile);
    if (planned.job.outputFile == planned.job.inputFile || output == QFileInfo(planned.source).canonicalFilePath()) {
        skip(planned.source, tr("its output would overwrite it; choose another folder for outputs"));
        return;
    }
    if (m_taken.contains(output) || m_makers.contains(planned.job.inputFile)) {
        skip(planned.source, tr("its output would overwrite another input, or it is overwritten itself; choose another folder for outputs"));
        return;
    }
    if (const auto maker = m_makers.constFind(planned.job.outputFile); maker != m_makers.cend()) {
        skip(planned.source, *maker == planned.source ? tr("two of its diagrams have the same name: the second is left out") : tr("it would overwrite the output of %1").arg(*maker));
        return;
    }
    planned.job.type = type.name;
    planned.job.priority = m_options.priority;
    m_makers.insert(planned.job.outputFile, planned.source);
    if (!m_plan.types.contains(type.name))
        m_plan.types.append(type.name);
    planned.replaces = QFileInfo::exists(planned.job.outputFile);
    m_plan.replaced += planned.replaces ? 1 : 0;
    if (m_plan.format.isEmpty())
        m_plan.format = planned.format;
    m_plan.jobs.append(planned);
    if (m_progress)
        m_progress->done = m_plan.jobs.size();
}

/// What a diagram that was named itself includes, as far as it lies in its folder: elsewhere it would not be found again.
void Planner::addIncluded(const QString &path)
{
    const QDir folder = QFileInfo(path).dir();
    QStringList open{path};
    QSet<QString> seen{path};
    while (!open.isEmpty()) {
        const QString at = open.takeFirst();
        const QStringList names = plantUmlIncludes(decodeText(contentOf(at)));
        for (const QString &name : names) {
            // Includes are looked for where the diagram lies, and then beside the part that includes them.
            for (const QDir &from : {folder, QFileInfo(at).dir()}) {
                const QString part = QDir::cleanPath(from.absoluteFilePath(name));
                if (!isBelow(part, folder.absolutePath()) || seen.contains(part) || !QFileInfo(part).isFile())
                    continue;
                seen.insert(part);
                open.append(part);
                takeBeside(part, QDir::cleanPath(m_workspace + QStringLiteral("/input/") + folder.relativeFilePath(part)));
            }
        }
    }
}

void Planner::takeBeside(const QString &source, const QString &target)
{
    if (m_copies.contains(target))
        return;
    const qint64 bytes = QFileInfo(source).size();
    if (!QFileInfo(source).isReadable()) {
        skip(source, tr("it cannot be read"));
    } else if (!isBelow(canonical(target), m_root)) {
        skip(source, tr("it would be copied to %1, which a link leads out of the workspace").arg(target));
    } else if (m_bytesBeside + bytes > mostBeside) {
        skip(source, tr("not copied with the others: more than %1 MB lie beside the inputs").arg(mostBeside / 1'000'000));
    } else if (QFileInfo::exists(target)) {
        if (!haveSameContent(source, target, m_progress))
            skip(source, tr("not copied: another file stands at %1").arg(target));
    } else {
        m_bytesBeside += bytes;
        m_copies.insert(target, source);
        m_plan.beside.append({source, target, bytes});
    }
}

JobPlan Planner::take()
{
    for (const auto &[path, named] : std::as_const(m_others)) {
        if (isCancelled())
            break;
        if (m_copiedFolders.contains(named))
            takeBeside(path, QDir::cleanPath(m_workspace + QStringLiteral("/input/") + QFileInfo(named).fileName() + u'/' + QDir(named).relativeFilePath(path)));
        else
            skip(path, tr("no converter for this kind of file"));
    }
    return std::move(m_plan);
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
        const QFileInfo there(target);
        // The same file copied in earlier stays the one that it is.
        return (!there.exists() && !there.isSymLink()) || haveSameContent(path, target, m_progress);
    };
    const QFileInfo info(wanted);
    QString target = wanted;
    const QString suffix = info.suffix().isEmpty() ? QString() : u'.' + info.suffix();
    for (int number = 2; !isCancelled() && !isFree(target); ++number)
        target = info.path() + u'/' + info.completeBaseName() + u'-' + QString::number(number) + suffix;
    return target;
}

} // namespace

Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options, Progress *progress)
{
    if (!QFileInfo(options.workspace).isDir())
        return failure(ErrorCode::InvalidArgument, tr("The workspace %1 is no folder.").arg(options.workspace));
    Planner planner(options, absoluteClean(options.workspace), progress);
    if (const Status checked = planner.check(); !checked)
        return failure(checked.error());
    for (const QString &path : paths) {
        if (!progress || !progress->cancelled)
            planner.add(path);
    }
    if (progress && progress->cancelled)
        return failure(ErrorCode::Cancelled, tr("Cancelled."));
    JobPlan plan = planner.take();
    if (plan.format.isEmpty())
        plan.format = options.format;
    return plan;
}

} // namespace lifeguard
