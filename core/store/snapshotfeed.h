// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/storesnapshot.h"
#include "core/store/database.h"

#include <QObject>

#include <functional>

namespace lifeguard {

/// Reads snapshots on the store's reader thread when the database has changed: at most one every 50 ms, using at most a
/// tenth of the reader's time. Lives on the thread of the store; signals are emitted there.
class SnapshotFeed : public QObject
{
    Q_OBJECT

public:
    /// Passes a task to the reader thread. The task receives a null pointer if no database is open.
    using Post = std::function<void(std::function<void(Database *)> task)>;
    /// Receives the error of each read, null if it succeeded. Called on the reader thread.
    using Report = std::function<void(const Error *error)>;

    SnapshotFeed(const Clock &clock, Post post, Report report);

    /// Reads a snapshot now, or as soon as the pause after the last one is over.
    void request();

Q_SIGNALS:
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    /// Reading failed for a reason other than a lock.
    void readFailed(const lifeguard::Error &error);

private:
    void onRead(const Result<StoreSnapshot> &snapshot, milliseconds cost);

    const Clock &m_clock;
    Post m_post;
    Report m_report;
    quint64 m_generation = 0;
    bool m_isReading = false; ///< a snapshot is being read, or the pause after it is not over
    bool m_isRequested = false; ///< request() was called in the meantime
};

} // namespace lifeguard
