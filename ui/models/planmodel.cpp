// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/planmodel.h"

#include "ui/format.h"
#include "ui/theme.h"

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
    fill();
    endResetModel();
}

void PlanModel::setShown(Show show)
{
    beginResetModel();
    m_show = show;
    fill();
    endResetModel();
}

qsizetype PlanModel::count(Show show) const
{
    switch (show) {
    case Show::Made: return m_plan->jobs.size();
    case Show::Replaced: return m_plan->replaced;
    case Show::Copied: return m_plan->copied;
    case Show::Skipped: return m_plan->skipped.size();
    case Show::All: break;
    }
    return m_plan->jobs.size() + m_plan->skipped.size();
}

void PlanModel::fill()
{
    m_rows.clear();
    m_rows.reserve(count(m_show));
    if (m_show != Show::Skipped) {
        for (qsizetype i = 0; i < m_plan->jobs.size(); ++i) {
            const PlannedJob &planned = m_plan->jobs.at(i);
            if ((m_show != Show::Replaced || planned.replaces) && (m_show != Show::Copied || !planned.copyTo.isEmpty())) {
                m_rows.append(int(i));
            }
        }
    }
    if (m_show == Show::All || m_show == Show::Skipped) {
        for (qsizetype i = 0; i < m_plan->skipped.size(); ++i) {
            m_rows.append(-1 - int(i));
        }
    }
}

QString PlanModel::below(const QString &path) const
{
    return format::path(path.startsWith(m_workspace) ? path.mid(m_workspace.size()) : path);
}

QString PlanModel::noteOf(const PlannedJob &planned) const
{
    QStringList notes;
    if (!planned.copyTo.isEmpty()) {
        notes.append(tr("copied to %1").arg(below(planned.copyTo)));
    }
    if (planned.replaces) {
        notes.append(tr("output exists: will be replaced"));
    }
    return notes.join(QStringLiteral("; "));
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
    const bool skipped = row < 0;
    const bool wanted = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == Qt::AccessibleTextRole;
    if (role == Qt::ForegroundRole) {
        const bool warns = index.column() == NoteColumn && (skipped || m_plan->jobs.at(row).replaces);
        const QPalette palette = QApplication::palette();
        if (warns) {
            return theme::readable(theme::color(theme::Hue::Warning), palette.color(QPalette::Base));
        }
        return skipped || index.column() == NoteColumn ? QVariant(theme::secondaryText(palette)) : QVariant();
    }
    if (!wanted) {
        return {};
    }
    const bool whole = role == Qt::ToolTipRole;
    if (skipped) {
        const SkippedPath &path = m_plan->skipped.at(-1 - row);
        switch (index.column()) {
        case InputColumn: return whole ? format::path(path.path) : below(path.path);
        case NoteColumn: return tr("skipped: %1").arg(path.reason);
        default: return role == Qt::AccessibleTextRole ? QVariant(tr("nothing")) : QVariant();
        }
    }
    const PlannedJob &planned = m_plan->jobs.at(row);
    switch (index.column()) {
    case InputColumn: return whole ? format::path(planned.source) : below(planned.source);
    case TypeColumn: return planned.job.type;
    case OutputColumn: return whole ? format::path(planned.job.outputFile) : below(planned.job.outputFile);
    case NoteColumn: {
        const QString note = noteOf(planned);
        return note.isEmpty() && role == Qt::AccessibleTextRole ? tr("new") : note;
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
