// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/planmodel.h"

#include "ui/format.h"
#include "ui/theme/palette.h"

#include <QApplication>
#include <QPalette>

namespace lifeguard {

PlanModel::PlanModel(const QString &workspace, QObject *parent)
    : QAbstractTableModel(parent)
    , m_workspace(workspace.endsWith(QLatin1Char('/')) ? workspace : workspace + QLatin1Char('/'))
    , m_plan(std::make_shared<const JobPlan>())
{
}

void PlanModel::setPlan(std::shared_ptr<const JobPlan> plan)
{
    beginResetModel();
    m_plan = std::move(plan);
    updateRows();
    endResetModel();
}

void PlanModel::setFilter(Filter filter)
{
    beginResetModel();
    m_filter = filter;
    updateRows();
    endResetModel();
}

qsizetype PlanModel::count(Filter filter) const
{
    switch (filter) {
    case Filter::Jobs: return m_plan->jobs.size();
    case Filter::Replacing: return m_plan->replaced;
    case Filter::Copied: return m_plan->copied;
    case Filter::Skipped: return m_plan->skipped.size();
    case Filter::All: break;
    }
    return m_plan->jobs.size() + m_plan->skipped.size();
}

void PlanModel::updateRows()
{
    m_rows.clear();
    m_rows.reserve(count(m_filter));
    if (m_filter != Filter::Skipped) {
        for (qsizetype i = 0; i < m_plan->jobs.size(); ++i) {
            const PlannedJob &planned = m_plan->jobs.at(i);
            if ((m_filter != Filter::Replacing || planned.replaces) && (m_filter != Filter::Copied || !planned.copyTo.isEmpty())) {
                m_rows.append(int(i));
            }
        }
    }
    if (m_filter == Filter::All || m_filter == Filter::Skipped) {
        for (qsizetype i = 0; i < m_plan->skipped.size(); ++i) {
            m_rows.append(-1 - int(i));
        }
    }
}

QString PlanModel::shortPath(const QString &path) const
{
    return format::displayPath(path.startsWith(m_workspace) ? path.mid(m_workspace.size()) : path);
}

QString PlanModel::noteText(const PlannedJob &planned) const
{
    if (planned.copyTo.isEmpty()) {
        return planned.replaces ? tr("Will replace the existing output") : QString();
    }
    const QString target = shortPath(planned.copyTo);
    return planned.replaces ? tr("Will be copied to %1, and replace the existing output").arg(target)
                            : tr("Will be copied to %1").arg(target);
}

int PlanModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int PlanModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant PlanModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const int row = m_rows.at(index.row());
    const bool isSkipped = row < 0;
    const bool isText = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == Qt::AccessibleTextRole;
    if (role == Qt::ForegroundRole) {
        const bool isWarning = index.column() == NoteColumn && (isSkipped || m_plan->jobs.at(row).replaces);
        const QPalette palette = QApplication::palette();
        if (isWarning) {
            return theme::readable(theme::color(theme::Hue::Warning), palette.color(QPalette::Base));
        }
        return isSkipped || index.column() == NoteColumn ? QVariant(theme::secondaryText(palette)) : QVariant();
    }
    if (!isText) {
        return {};
    }
    const bool showFullPath = role == Qt::ToolTipRole;
    if (isSkipped) {
        const SkippedPath &path = m_plan->skipped.at(-1 - row);
        switch (index.column()) {
        case InputColumn: return showFullPath ? format::displayPath(path.path) : shortPath(path.path);
        case NoteColumn: return tr("Skipped: %1").arg(path.reason);
        default: return role == Qt::AccessibleTextRole ? QVariant(tr("none")) : QVariant();
        }
    }
    const PlannedJob &planned = m_plan->jobs.at(row);
    switch (index.column()) {
    case InputColumn: return showFullPath ? format::displayPath(planned.source) : shortPath(planned.source);
    case TypeColumn: return planned.job.type;
    case OutputColumn: return showFullPath ? format::displayPath(planned.job.outputFile) : shortPath(planned.job.outputFile);
    case NoteColumn: {
        const QString note = noteText(planned);
        return note.isEmpty() && role == Qt::AccessibleTextRole ? tr("New output") : note;
    }
    default: return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case InputColumn: return tr("Input");
    case TypeColumn: return tr("Type");
    case OutputColumn: return tr("Output");
    case NoteColumn: return tr("Note");
    default: return {};
    }
}

} // namespace lifeguard
