// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/commandverb.h"
#include "ui/models/poolsmodel.h"

#include <QCollator>
#include <QLocale>
#include <QWidget>

#include <optional>

class QLabel;
class QListView;
class QMenu;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace lifeguard {

class EmptyState;
class InlineMessage;

/// The list of pools at the side of the window, with the commands for the selected pool.
class PoolsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit PoolsPanel(QWidget *parent = nullptr);

    void setPools(const QList<PoolInfo> &pools);
    /// Disables all commands, for this reason: a clause without capital and full stop. An empty reason enables them.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    void launchRequested();
    // pool: PoolInfo::key()
    /// number: the count, for Scale, where no number lets the count follow the pending jobs; the seconds, for a limited
    /// Pause.
    void commandRequested(const QString &pool, lifeguard::CommandVerb verb, std::optional<int> number);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *buildControls();
    void changeCount(const PoolInfo &pool, int by);
    void request(CommandVerb verb);
    void addPauseMenu(QMenu &menu, const PoolInfo &pool);
    [[nodiscard]] const PoolInfo *current() const;
    void showControls();
    void showScaling(const PoolInfo &pool);
    void showMenu(const QPoint &position);

    PoolsModel *m_model;
    QCollator m_order{QLocale(QLocale::English)}; ///< Not the C locale, which has no numeric mode. Names of pools are
                                                  ///< ASCII.
    QListView *m_view;
    EmptyState *m_empty;
    QWidget *m_controls;
    InlineMessage *m_reason;
    QToolButton *m_launch;
    QPushButton *m_start;
    QPushButton *m_pause; ///< Resumes a paused pool.
    QPushButton *m_stop;
    QSpinBox *m_count;
    QLabel *m_scaling; ///< The range of a pool that scales.
    QToolButton *m_followQueue; ///< Ends a suspension of scaling.
    QString m_disabledReason;
};

} // namespace lifeguard
