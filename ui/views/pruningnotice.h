// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"

#include <QDateTime>
#include <QFrame>

#include <optional>

class QLabel;
class QPushButton;
class QToolButton;

namespace lifeguard {

/// Returns the announcement of the first deletion of history, in whole sentences: when it begins, what is deleted with
/// these retention times, and that outputs are kept. retention: no value if the times are not known.
[[nodiscard]] QString pruningText(const std::optional<RetentionConfig> &retention, const QDateTime &begins,
                                  const QDateTime &now);

/// Announces at the top of the window that history of a database that an older version filled will be deleted, until
/// the deletion has begun or the user closes the announcement. Hidden while nothing is announced.
class PruningNotice : public QFrame
{
    Q_OBJECT

public:
    explicit PruningNotice(QWidget *parent = nullptr);

    /// Sets when the announced deletion begins; an invalid time: nothing is announced. retention: as for pruningText().
    void setAnnouncement(const QDateTime &begins, const std::optional<RetentionConfig> &retention);
    /// Why the user cannot agree, as a clause without capital and full stop; empty if the user can.
    void setDisabledReason(const QString &reason);
    /// Sets whether the database is open read-only: then there is no button to agree.
    void setReadOnly(bool isReadOnly);

Q_SIGNALS:
    /// The user agrees: the deletion shall begin now.
    void consentRequested();
    /// The user wants to know how to keep the history.
    void keepRequested();

private:
    void showAnnouncement();

    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_delete;
    QPushButton *m_keep;
    QToolButton *m_close;
    QDateTime m_begins;
    QDateTime m_closed; ///< the announcement that the user has closed
    std::optional<RetentionConfig> m_retention;
};

} // namespace lifeguard
