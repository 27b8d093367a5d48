// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace lifeguard {

/// Lies over the whole window while files are dragged over it, and says what a drop will do, or why it will do nothing.
class DropOverlay : public QWidget
{
    Q_OBJECT

public:
    explicit DropOverlay(QWidget *window);

    /// reason: why nothing can be dropped here; empty: it can.
    void present(const QString &reason);
    [[nodiscard]] QString text() const { return m_text; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString m_text;
    bool m_able = true;
};

} // namespace lifeguard
