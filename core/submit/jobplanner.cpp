// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/jobplanner.h"

#include "core/submit/inputscanner.h"
#include "core/submit/planoptionscheck.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text, const char *comment = nullptr, int count = -1)
{
    return QCoreApplication::translate("lifeguard::JobPlanner", text, comment, count);
}

} // namespace

JobPlanner::JobPlanner(const PlanOptions &options, Progress *progress)
    : m_options(options)
    , m_progress(progress)
    , m_paths(m_options)
    , m_classifier(m_options)
    , m_namer(m_options)
    , m_copies(m_paths, progress)
{
}

Result<JobPlan> JobPlanner::plan(const QStringList &paths)
{
    if (!QFileInfo(m_options.workspace).isDir())
        return failure(ErrorCode::InvalidArgument,
                       tr("The workspace %1 is not an existing folder.").arg(m_options.workspace));
    if (const Status checked = checkPlanOptions(m_options, m_paths); !checked)
        return failure(checked.error());
    const InputScanner scanner(
        m_paths, m_progress, [this](const QString &path, const QString &named) { addFile(path, named); },
        [this](const QString &path, const QString &reason) { skip(path, reason); });
    for (const QString &path : paths) {
        if (!isCancelled())
            scanner.scan(path);
    }
    if (isCancelled())
        return failure(ErrorCode::Cancelled, tr("Cancelled."));
    m_copies.finish(&m_plan);
    m_plan.format = m_plan.jobs.isEmpty() ? m_options.format : m_plan.jobs.constFirst().format;
    return std::move(m_plan);
}

void JobPlanner::addFile(const QString &path, const QString &named)
{
    const InputClass input = m_classifier.classify(path, path == named);
    switch (input.kind) {
    case InputClass::Kind::Input:
        addInput(path, named, input);
        break;
    case InputClass::Kind::Companion:
    case InputClass::Kind::Skipped:
        addOtherFile(path, named, input);
        break;
    case InputClass::Kind::Ignored:
        break;
    }
}

void JobPlanner::addOtherFile(const QString &path, const QString &named, const InputClass &input)
{
    if (input.kind == InputClass::Kind::Companion && m_options.copyIn && !m_paths.isInWorkspace(path))
        m_copies.addCandidate(path, named, input.reason);
    else
        skip(path, input.reason);
}

void JobPlanner::addInput(const QString &path, const QString &named, const InputClass &input)
{
    const QString canonical = m_paths.canonicalPath(path);
    if (m_reservations.isInput(canonical))
        return; // the user named the file twice
    if (const QString missing = missingPage(input); !missing.isEmpty()) {
        skip(path, missing);
        return;
    }
    const bool isCopied = !m_paths.isInWorkspace(path);
    if (isCopied && !m_options.copyIn) {
        skip(path, tr("outside the workspace %1").arg(m_paths.workspace()), true);
        ++m_plan.outside;
        return;
    }
    QString inputFile;
    if (isCopied) {
        const Result<QString> target = m_copies.targetFor(path, named);
        if (!target) {
            skip(path, target.error().message);
            return;
        }
        inputFile = *target;
    } else {
        inputFile = QDir::cleanPath(m_paths.workspace() + u'/' + m_paths.relativePath(path));
    }
    const QString relativePath = QDir(m_paths.workspace()).relativeFilePath(inputFile);
    const qsizetype first = m_plan.jobs.size();
    for (const PlannedOutput &output : m_namer.outputs(relativePath, input)) {
        if (!addJob(path, inputFile, input, output) && m_plan.jobs.size() == first)
            return; // if the usual output has a conflict, the other outputs are not planned either
    }
    m_reservations.addInput(canonical);
    noteUndrawnPages(path, input);
    if (!isCopied)
        return;
    // Only the first job of the file copies it.
    m_plan.jobs[first].copyTo = inputFile;
    m_plan.jobs[first].copyBytes = QFileInfo(path).size();
    ++m_plan.copied;
    m_copies.addInput(path, named, inputFile);
    if (path == named && input.type.name == QLatin1String("plantuml"))
        m_copies.addIncludedFiles(path);
}

/// Returns why a drawing does not have the page that the user wants, as a clause; an empty string if it has it.
QString JobPlanner::missingPage(const InputClass &input) const
{
    if (m_options.allPages || input.pages.isEmpty() || m_options.pageIndex < input.pages.size())
        return {};
    return tr("there is no page with the index %1, counted from 0: the drawing has %n page(s)", nullptr,
              int(input.pages.size()))
        .arg(m_options.pageIndex);
}

void JobPlanner::noteUndrawnPages(const QString &path, const InputClass &input)
{
    if (!m_options.allPages && input.pages.size() > 1)
        m_plan.undrawnPages.append({path, int(input.pages.size()), m_options.pageIndex});
}

bool JobPlanner::addJob(const QString &path, const QString &inputFile, const InputClass &input,
                        const PlannedOutput &output)
{
    PlannedJob planned;
    planned.source = path;
    planned.format = input.format;
    planned.payload = output.payload;
    planned.job.type = input.type.name;
    planned.job.priority = m_options.priority;
    planned.job.inputFile = inputFile;
    planned.job.outputFile = QDir::cleanPath(m_paths.outputFolder() + u'/' + output.path);
    QStringList outputFiles{planned.job.outputFile};
    for (const QString &further : output.further)
        outputFiles.append(QDir::cleanPath(m_paths.outputFolder() + u'/' + further));
    for (const QString &file : outputFiles) {
        if (const QString conflict = m_reservations.conflict(path, inputFile, file); !conflict.isEmpty()) {
            skip(path, conflict);
            return false;
        }
    }
    for (const QString &file : outputFiles)
        m_reservations.reserve(path, file);
    planned.replaces = QFileInfo::exists(planned.job.outputFile);
    m_plan.replaced += planned.replaces ? 1 : 0;
    if (!m_plan.types.contains(planned.job.type))
        m_plan.types.append(planned.job.type);
    m_plan.jobs.append(planned);
    if (m_progress)
        m_progress->done = m_plan.jobs.size();
    return true;
}

void JobPlanner::skip(const QString &path, const QString &reason, bool isOutside)
{
    m_plan.skipped.append({path, reason, isOutside});
}

Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options, Progress *progress)
{
    Result<JobPlan> plan = JobPlanner(options, progress).plan(paths);
    if (plan && !paths.isEmpty()) {
        const QFileInfo first(paths.first());
        const QString name = first.fileName().isEmpty() ? QDir(first.absoluteFilePath()).dirName() : first.fileName();
        const int others = int(paths.size()) - 1;
        //: %1 is the name of a file or folder
        plan->title = others == 0
                        ? name
                        : QCoreApplication::translate("lifeguard::JobPlanner", "%1 and %n more", nullptr, others)
                              .arg(name);
    }
    return plan;
}

} // namespace lifeguard
