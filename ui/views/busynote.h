// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace lifeguard {

struct AddingState;

/// Says in the window's bar what takes longer than half a second, how far it is, and lets it be cancelled.
class BusyNote : public QWidget
{
    Q_OBJECT

public:
    explicit BusyNote(QWidget *parent = nullptr);

    void setState(const AddingState &state);

Q_SIGNALS:
    void cancelRequested();

private:
    QLabel *m_text;
    QProgressBar *m_bar;
    QToolButton *m_cancel;
    QTimer m_delay;
};

} // namespace lifeguard
