// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/records.h"

namespace lifeguard {
[[nodiscard]] inline qint64 rowKey(const Job &job)
{
    return job.id;
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"

#include <functional>

namespace lifeguard {

/// The first jobs of what the filter finds, in the store's order. Times are QDateTime in UTC.
class JobsModel : public KeyedTableModel<Job>
{
    Q_OBJECT

public:
    enum Column { StateColumn, IdColumn, TypeColumn, InputColumn, OutputColumn, WorkerColumn, AttemptsColumn, PriorityColumn,
                  CreatedColumn, TookColumn, ErrorColumn, ColumnCount };
    using NameOfWorker = std::function<QString(qint64 workerId)>;

    using KeyedTableModel::KeyedTableModel;

    void setNameOfWorker(NameOfWorker nameOfWorker) { m_nameOfWorker = std::move(nameOfWorker); }
    /// Paths below it are shown relative to it.
    void setWorkspace(const QString &workspace) { m_workspace = workspace; }
    /// Ages have grown: call once a second.
    void tick();

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString workerName(const Job &job) const;
    [[nodiscard]] QString shortPath(const QString &path) const;

    NameOfWorker m_nameOfWorker;
    QString m_workspace;
};

/// How long it ran, or has run until now; nothing where it never did.
[[nodiscard]] std::optional<qint64> runningTime(const Job &job, const QDateTime &now);
/// The words of a job's error: its message where the error is a JSON object, as CLX's workers write it.
[[nodiscard]] QString errorText(const QString &error);
/// "1,000 of 12,345 shown"; empty where all are. A total below 0 is not known.
[[nodiscard]] QString shownText(qint64 shown, qint64 total, int limit);

} // namespace lifeguard
