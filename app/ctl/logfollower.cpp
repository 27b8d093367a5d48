// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/logfollower.h"

#include "app/ctl/console.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard::ctl {

namespace {

constexpr qint64 pieceSize = 64 * 1024;
constexpr qsizetype longestLine = 64 * 1024; ///< bytes; a longer one is printed in parts
constexpr std::chrono::milliseconds pollInterval{1000};

/// Returns the position of the last lines of a file.
qint64 beginOfLastLines(QFile &file, int lines)
{
    const qint64 end = file.size();
    if (lines <= 0) {
        return end;
    }
    int found = 0;
    qint64 at = end;
    while (at > 0) {
        const qint64 size = std::min(pieceSize, at);
        file.seek(at - size);
        const QByteArray piece = file.read(size);
        for (qsizetype i = piece.size() - 1; i >= 0; --i) {
            const qint64 position = at - size + i;
            if (piece.at(i) == '\n' && position != end - 1 && ++found == lines) {
                return position + 1;
            }
        }
        at -= size;
    }
    return 0;
}

} // namespace

LogFollower::LogFollower()
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &LogFollower::readAll);
    connect(&m_poll, &QTimer::timeout, this, &LogFollower::readAll);
    m_poll.start(pollInterval);
}

void LogFollower::add(const QString &path, const QString &prefix, int lines)
{
    const bool isKnown = std::any_of(m_logs.cbegin(), m_logs.cend(), [&](const Log &log) { return log.path == path; });
    if (isKnown || path.isEmpty()) {
        return;
    }
    Log log;
    log.path = path;
    log.prefix = prefix;
    if (QFile file(path); file.open(QIODevice::ReadOnly)) {
        log.position = beginOfLastLines(file, lines);
    }
    read(log);
    m_logs.append(log);
}

void LogFollower::readAll()
{
    for (Log &log : m_logs) {
        read(log);
    }
}

void LogFollower::read(Log &log)
{
    QFile file(log.path);
    if (!file.open(QIODevice::ReadOnly)) {
        return; // not created yet, or removed
    }
    if (!m_watcher.files().contains(log.path)) {
        m_watcher.addPath(log.path); // also after it was replaced
    }
    if (file.size() < log.position) {
        log.position = 0;
        log.incomplete.clear();
    }
    file.seek(log.position);
    for (QByteArray piece = file.read(pieceSize); !piece.isEmpty(); piece = file.read(pieceSize)) {
        log.position += piece.size();
        print(log, piece);
    }
}

void LogFollower::print(Log &log, const QByteArray &bytes)
{
    log.incomplete += bytes;
    for (;;) {
        const qsizetype end = log.incomplete.indexOf('\n');
        if (end < 0 && log.incomplete.size() < longestLine) {
            return;
        }
        const qsizetype size = end < 0 ? longestLine : end;
        printText(log.prefix + QString::fromUtf8(log.incomplete.left(size)) + QLatin1Char('\n'));
        log.incomplete.remove(0, end < 0 ? size : size + 1);
    }
}

void LogFollower::finish()
{
    readAll();
    for (Log &log : m_logs) {
        if (!log.incomplete.isEmpty()) {
            printText(log.prefix + QString::fromUtf8(log.incomplete));
        }
        log.incomplete.clear();
    }
}

} // namespace lifeguard::ctl
