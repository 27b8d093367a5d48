// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshotfeed.h"

#include "core/store/snapshotreader.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds shortestPause = 50ms; ///< between two snapshots
constexpr int pausePerCost = 10;

} // namespace

SnapshotFeed::SnapshotFeed(const Clock &clock, Post post, Report report)
    : m_clock(clock)
    , m_post(std::move(post))
    , m_report(std::move(report))
{
}

void SnapshotFeed::request()
{
    if (m_isReading) {
        m_isRequested = true;
        return;
    }
    m_isReading = true;
    m_isRequested = false;
    m_post([this](Database *database) {
        const milliseconds begin = m_clock.steadyNow();
        const Result<StoreSnapshot> snapshot = database ? SnapshotReader(*database, m_clock).read()
                                                        : failure(ErrorCode::Database, QString());
        const milliseconds cost = m_clock.steadyNow() - begin;
        m_report(snapshot ? nullptr : &snapshot.error());
        QMetaObject::invokeMethod(
            this, [this, snapshot, cost] { onRead(snapshot, cost); }, Qt::QueuedConnection);
    });
}

void SnapshotFeed::onRead(const Result<StoreSnapshot> &snapshot, milliseconds cost)
{
    if (snapshot) {
        StoreSnapshot numbered = *snapshot;
        numbered.generation = ++m_generation;
        Q_EMIT snapshotRead(numbered);
    } else if (snapshot.error().code == ErrorCode::Busy) {
        m_isRequested = true;
    } else {
        Q_EMIT readFailed(snapshot.error());
    }
    QTimer::singleShot(std::max(shortestPause, cost * pausePerCost), this, [this] {
        m_isReading = false;
        if (m_isRequested)
            request();
    });
}

} // namespace lifeguard
