// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/commitwatcher.h"

#include "core/base/logging.h"
#include "core/store/database.h"

#include <QFile>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds pollInterval{250};
constexpr milliseconds shortestBackOff{20};

} // namespace

CommitWatcher::CommitWatcher(Database &database, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_logPath(database.info().path + QStringLiteral("-wal"))
{
    connect(&m_files, &QFileSystemWatcher::fileChanged, this, [this] {
        if (m_isEager && !m_backOffTimer.isActive())
            poll();
    });
    connect(&m_pollTimer, &QTimer::timeout, this, [this] {
        if (m_backOffTimer.isActive())
            return;
        watchLog(); // the log may have been deleted and created again
        poll();
    });
    m_backOffTimer.setSingleShot(true);
    connect(&m_backOffTimer, &QTimer::timeout, this, [this] {
        watchLog();
        poll(); // for commits during the back-off
    });
    if (const Result<qint64> version = m_database.dataVersion())
        m_version = *version;
    m_pollTimer.start(pollInterval);
}

void CommitWatcher::setEager(bool eager)
{
    if (m_isEager == eager)
        return;
    m_isEager = eager;
    if (m_isEager) {
        watchLog();
        m_backOffTimer.start(0); // for a commit between the last claim and the start of watching
    } else {
        m_backOffTimer.stop();
        unwatchLog();
    }
}

void CommitWatcher::backOff()
{
    if (!m_isEager)
        return;
    m_backOff = std::clamp(m_backOff * 2, shortestBackOff, pollInterval);
    unwatchLog();
    m_backOffTimer.start(m_backOff);
}

void CommitWatcher::poll()
{
    if (const Status same = m_database.checkFiles(); !same) {
        reportReplaced(same.error());
        return;
    }
    const Result<qint64> version = m_database.dataVersion();
    if (!version) {
        qCWarning(lcWorker).noquote() << version.error().message;
        return;
    }
    if (*version == m_version) {
        resetBackOff(); // no other program is writing
        return;
    }
    m_version = *version;
    const Status same = m_database.checkIdentity();
    if (m_database.isReplaced())
        reportReplaced(same.error());
    else
        Q_EMIT committed();
}

void CommitWatcher::reportReplaced(const Error &error)
{
    m_pollTimer.stop();
    m_backOffTimer.stop();
    unwatchLog();
    Q_EMIT databaseReplaced(error);
}

void CommitWatcher::watchLog()
{
    if (m_isEager && m_files.files().isEmpty() && QFile::exists(m_logPath))
        m_files.addPath(m_logPath);
}

void CommitWatcher::unwatchLog()
{
    if (!m_files.files().isEmpty())
        m_files.removePaths(m_files.files());
}

} // namespace lifeguard
