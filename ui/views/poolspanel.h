// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/poolsmodel.h"

#include <QCollator>
#include <QLocale>
#include <QWidget>

class QListView;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace lifeguard {

class EmptyState;
class Note;

/// The pools at the side, and what can be done to the one that is selected.
class PoolsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit PoolsPanel(QWidget *parent = nullptr);

    void setPools(const QList<PoolInfo> &pools);
    /// Why nothing can be started or stopped here (a database that is only watched); empty: it can.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    void launchRequested();
    void startRequested(const QString &pool);
    void pauseRequested(const QString &pool);
    void resumeRequested(const QString &pool);
    void stopRequested(const QString &pool);
    void removeRequested(const QString &pool);
    void countRequested(const QString &pool, int count);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *buildControls();
    void changeCount(const PoolInfo &pool, int by);
    [[nodiscard]] const PoolInfo *current() const;
    void showControls();
    void showMenu(const QPoint &position);

    PoolsModel *m_model;
    QCollator m_order{QLocale(QLocale::English)}; ///< names are ASCII; the C locale could not count
    QListView *m_view;
    EmptyState *m_empty;
    QWidget *m_controls;
    Note *m_reason;
    QToolButton *m_launch;
    QPushButton *m_start;
    QPushButton *m_pause; ///< and resumes
    QPushButton *m_stop;
    QSpinBox *m_count;
    QString m_disabledReason;
};

} // namespace lifeguard
