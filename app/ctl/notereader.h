// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/jobresult.h"

#include <QList>
#include <QObject>

#include <functional>

namespace lifeguard {
class Store;
}

namespace lifeguard::ctl {

/// Reads the notes about the results of jobs as workers store them, each of them once. Lives on the main thread.
class NoteReader : public QObject
{
    Q_OBJECT

public:
    /// The store must outlive this object.
    explicit NoteReader(Store &store, QObject *parent = nullptr);

    /// Begins after the notes that the database contains now.
    void start();
    /// Reads the notes that are new, if the reader was started. then: called when they have been reported, or at once
    /// if they cannot be read.
    void read(std::function<void()> then = {});

Q_SIGNALS:
    /// Notes were stored. At most a thousand at once.
    void notesRead(const QList<lifeguard::JobNote> &notes);

private:
    void readNext();
    void end();

    Store &m_store;
    qint64 m_latest = -1; ///< the id of the latest note that was read; negative: the reader was not started
    bool m_isReading = false;
    bool m_isObsolete = false; ///< read() was called while notes were being read
    QList<std::function<void()>> m_waiting;
};

} // namespace lifeguard::ctl
