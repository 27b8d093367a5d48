// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/copyplanner.h"

#include "core/base/filecopy.h"
#include "core/base/textdecoding.h"
#include "core/formats/plantumlreferences.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::CopyPlanner", text);
}

QString readText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? decodeText(file.readAll()) : QString();
}

QString outsideReason(const QString &target)
{
    return tr("the copy %1 would lie outside the workspace because of a link").arg(target);
}

} // namespace

CopyPlanner::CopyPlanner(const PlanPaths &paths, Progress *progress) : m_paths(paths), m_progress(progress) {}

Result<QString> CopyPlanner::targetFor(const QString &input, const QString &named) const
{
    const QString wanted = wantedTarget(input, named);
    const QFileInfo info(wanted);
    const QString suffix = info.suffix().isEmpty() ? QString() : u'.' + info.suffix();
    QString target = wanted;
    for (int number = 2; !isCancelled() && !isUsable(input, target); ++number)
        target = info.path() + u'/' + info.completeBaseName() + u'-' + QString::number(number) + suffix;
    if (!m_paths.isInWorkspace(target))
        return failure(ErrorCode::PermissionDenied, outsideReason(target));
    return target;
}

void CopyPlanner::addInput(const QString &input, const QString &named, const QString &target)
{
    Q_ASSERT(!m_sources.contains(target));
    m_sources.insert(target, input);
    if (input != named)
        m_copiedFolders.insert(named);
}

void CopyPlanner::addCandidate(const QString &path, const QString &named, const QString &reason)
{
    m_candidates.append({path, named, reason});
}

void CopyPlanner::addIncludedFiles(const QString &diagram)
{
    const QDir folder = QFileInfo(diagram).dir();
    QStringList unread{diagram};
    QSet<QString> found{diagram};
    while (!unread.isEmpty()) {
        const QString file = unread.takeFirst();
        const QList<PlantUmlReference> references = plantUmlReferences(readText(file)).named;
        for (const PlantUmlReference &reference : references) {
            // PlantUML searches the folder of the file with the include, then that of the diagram: copy both files.
            for (const QDir &from : {folder, QFileInfo(file).dir()}) {
                const QString included = QDir::cleanPath(from.absoluteFilePath(reference.name));
                if (!PlanPaths::isBelow(included, folder.absolutePath()) || found.contains(included)
                    || !QFileInfo(included).isFile())
                    continue;
                found.insert(included);
                if (reference.kind == PlantUmlReference::Kind::Include
                    || reference.kind == PlantUmlReference::Kind::Theme)
                    unread.append(included);
                addCompanion(included,
                             QDir::cleanPath(m_paths.copyFolder() + u'/' + folder.relativeFilePath(included)));
            }
        }
    }
}

void CopyPlanner::finish(JobPlan *plan)
{
    for (const Candidate &candidate : std::as_const(m_candidates)) {
        if (isCancelled())
            break;
        if (m_copiedFolders.contains(candidate.named))
            addCompanion(candidate.path, wantedTarget(candidate.path, candidate.named));
        else
            m_skipped.append({candidate.path, candidate.reason, false});
    }
    plan->companions += std::exchange(m_companions, {});
    plan->skipped += std::exchange(m_skipped, {});
    m_candidates.clear();
}

QString CopyPlanner::wantedTarget(const QString &path, const QString &named) const
{
    const QString name = QFileInfo(named).fileName();
    const QString relative = path == named ? name : name + u'/' + QDir(named).relativeFilePath(path);
    return QDir::cleanPath(m_paths.copyFolder() + u'/' + relative);
}

bool CopyPlanner::isUsable(const QString &source, const QString &target) const
{
    if (m_sources.contains(target))
        return false;
    const QFileInfo info(target);
    // A copy with the same content, from an earlier plan, is used again.
    return (!info.exists() && !info.isSymLink()) || haveSameContent(source, target, m_progress);
}

void CopyPlanner::addCompanion(const QString &source, const QString &target)
{
    if (m_sources.contains(target))
        return;
    const qint64 bytes = QFileInfo(source).size();
    const auto skip = [&](const QString &reason) { m_skipped.append({source, reason, false}); };
    if (!QFileInfo(source).isReadable()) {
        skip(tr("the file cannot be read"));
    } else if (!m_paths.isInWorkspace(target)) {
        skip(outsideReason(target));
    } else if (m_companionBytes + bytes > maxCompanionBytes) {
        skip(tr("not copied, because the files beside the inputs are larger than %1 MB in total")
                 .arg(maxCompanionBytes / 1'000'000));
    } else if (QFileInfo::exists(target)) {
        if (!haveSameContent(source, target, m_progress))
            skip(tr("not copied, because there is another file at %1").arg(target));
    } else {
        m_companionBytes += bytes;
        m_sources.insert(target, source);
        m_companions.append({source, target, bytes});
    }
}

} // namespace lifeguard
