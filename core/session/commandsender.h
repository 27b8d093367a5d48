// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/commandrecord.h"
#include "core/model/managercommand.h"

#include <QHash>
#include <QObject>
#include <QTimer>

namespace lifeguard {

class Store;

/// Sends commands to other managers through the database, and reports those that were not carried out. Commands are
/// withdrawn if there is no answer in time. Lives on the thread of the store and never blocks. The store must outlive
/// it.
class CommandSender : public QObject
{
    Q_OBJECT

public:
    CommandSender(Store &store, const Clock &clock, QObject *parent = nullptr);

    /// Sends the command; finished() or failed() follows.
    void send(const ManagerCommand &command);

Q_SIGNALS:
    /// The command was carried out.
    void finished(const lifeguard::CommandRecord &record);
    /// The command was not carried out, or it is not known whether it was.
    void failed(const lifeguard::Error &error);

private:
    void look();
    void handle(const CommandRecord &record);
    void withdraw(qint64 id);

    Store &m_store;
    const Clock &m_clock;
    QTimer m_timer; ///< runs while commands are open: notices the end of managers and of the time
    QHash<qint64, milliseconds> m_open; ///< the ids of open commands, and when they are withdrawn (Clock::bootNow())
    bool m_isLooking = false;
    bool m_isLookDue = false;
};

} // namespace lifeguard
