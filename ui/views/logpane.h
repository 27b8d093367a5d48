// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/poolinfo.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace lifeguard {

class LogFollower;

/// The selected worker: how it is and why, stop and kill, and the last 5,000 lines of its log.
class LogPane : public QWidget
{
    Q_OBJECT

public:
    explicit LogPane(QWidget *parent = nullptr);

    void setWorker(const WorkerInfo &worker);
    void setDisabledReason(const QString &reason);
    void focusLog();

Q_SIGNALS:
    void stopRequested(const QStringList &executorIds);
    void killRequested(const QList<lifeguard::WorkerInfo> &workers);

private:
    void append(const QString &text);
    void scrollToEnd();

    WorkerInfo m_worker;
    LogFollower *m_follower;
    QLabel *m_shape;
    QLabel *m_name;
    QLabel *m_facts;
    QPlainTextEdit *m_text;
    QToolButton *m_follow;
    QPushButton *m_stop;
    QPushButton *m_kill;
    QString m_disabledReason;
    bool m_newlineHeld = false;
};

} // namespace lifeguard
