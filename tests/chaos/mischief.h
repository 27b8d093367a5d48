// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/world.h"

#include <QMap>
#include <QObject>
#include <QTimer>

#include <functional>

namespace lifeguard::chaos {

/// Does one bad thing after another to a world, at random, until it is told to stop; and puts right at its end what would
/// otherwise last for ever.
class Mischief : public QObject
{
    Q_OBJECT

public:
    explicit Mischief(World &world);

    void start();
    void stop();
    /// What was done, how often.
    [[nodiscard]] const QMap<QString, int> &done() const { return m_done; }

private:
    void once();
    void signalWorker(int signalNumber, const QString &what);
    void stopWorker();
    void leaveStopped();
    void killTool();
    void lockDatabase();
    void fillDisk();
    void killManager();
    void stopManager();
    void secondManager();
    [[nodiscard]] int pause(int from, int to); ///< ms, at random
    void later(int ms, std::function<void()> act); ///< also when it is stopped before

    World &m_world;
    std::mt19937 m_random;
    QTimer m_timer;
    QMap<QString, int> m_done;
    QList<ProcessIdentity> m_stopped;
    bool m_isLocked = false;
    bool m_isFull = false;
    std::vector<std::pair<std::unique_ptr<QTimer>, std::function<void()>>> m_later;
};

} // namespace lifeguard::chaos
