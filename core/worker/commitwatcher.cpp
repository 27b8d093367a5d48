// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/commitwatcher.h"

#include "core/base/logging.h"
#include "core/store/database.h"

#include <QFile>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds pollInterval{250};
constexpr milliseconds shortestPause{20};

} // namespace

CommitWatcher::CommitWatcher(Database &database, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_walPath(database.info().path + QStringLiteral("-wal"))
{
    connect(&m_files, &QFileSystemWatcher::fileChanged, this, [this] {
        if (m_eager && !m_lookAgain.isActive())
            look();
    });
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (m_lookAgain.isActive())
            return;
        watch(); // the file may have been made anew
        look();
    });
    m_lookAgain.setSingleShot(true);
    connect(&m_lookAgain, &QTimer::timeout, this, [this] {
        watch();
        look(); // what was committed while we looked away
    });
    if (const Result<qint64> version = m_database.dataVersion())
        m_version = *version;
    m_poll.start(pollInterval);
}

void CommitWatcher::setEager(bool eager)
{
    if (m_eager == eager)
        return;
    m_eager = eager;
    if (m_eager) {
        watch();
        m_lookAgain.start(0); // a commit may have come between the last claim and the watch
    } else {
        m_lookAgain.stop();
        unwatch();
    }
}

void CommitWatcher::wasFruitless()
{
    if (!m_eager)
        return;
    m_pause = std::clamp(m_pause * 2, shortestPause, pollInterval);
    unwatch();
    m_lookAgain.start(m_pause);
}

void CommitWatcher::look()
{
    const Result<qint64> version = m_database.dataVersion();
    if (!version) {
        qCWarning(lcWorker).noquote() << version.error().message;
        return;
    }
    if (*version == m_version) {
        m_pause = milliseconds(0); // all is quiet
        return;
    }
    m_version = *version;
    Q_EMIT committed();
}

void CommitWatcher::watch()
{
    if (m_eager && m_files.files().isEmpty() && QFile::exists(m_walPath))
        m_files.addPath(m_walPath);
}

void CommitWatcher::unwatch()
{
    if (!m_files.files().isEmpty())
        m_files.removePaths(m_files.files());
}

} // namespace lifeguard
