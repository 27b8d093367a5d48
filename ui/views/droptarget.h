// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QDropEvent;
class QMimeData;

namespace lifeguard {

/// The files and folders of this machine that are dragged; empty where there are none.
[[nodiscard]] QStringList droppedPaths(const QMimeData *data);

/// Makes a whole window take files and folders: while some are dragged over it an overlay says what dropping them would do, or why
/// it cannot be done. Watches the window's events; the window need do nothing but make one.
class DropTarget : public QWidget
{
    Q_OBJECT

public:
    explicit DropTarget(QWidget *window);

    /// Why nothing can be dropped now; empty: it can.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    void dropped(const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    bool onEnter(QDropEvent &event);
    void watchFields();
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString text() const;

    QWidget *m_window;
    QString m_disabledReason;
    QString m_refusal; ///< of what is dragged now; empty: it is taken
    qsizetype m_count = 0; ///< files and folders dragged
    bool m_over = false;
    QTimer m_leaving;
};

} // namespace lifeguard
