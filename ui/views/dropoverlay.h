// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QDropEvent;
class QMimeData;

namespace lifeguard {

/// Returns the local files and folders in the data of a drag; empty if there are none.
[[nodiscard]] QStringList droppedPaths(const QMimeData *data);

/// Lets a window accept dropped files and folders. While something is dragged over the window, an overlay shows what
/// dropping it would do, or why it cannot be dropped. The window only has to create the overlay, which filters the
/// events of the window.
class DropOverlay : public QWidget
{
    Q_OBJECT

public:
    explicit DropOverlay(QWidget *window);

    /// Refuses all drops, for this reason: a clause without capital and full stop. An empty reason accepts them.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    /// Files or folders were dropped. Emitted after the drop event, so that the source of the drag does not wait.
    void dropped(const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    bool handleDragEnter(QDropEvent &event);
    void installFieldFilters();
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString text() const;

    QWidget *m_window;
    QString m_disabledReason;
    QString m_refusal; ///< why the current drag is refused; empty if it is accepted
    qsizetype m_pathCount = 0; ///< files and folders in the current drag
    bool m_isDragging = false;
    QTimer m_hideDelay;
};

} // namespace lifeguard
