// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace lifeguard::bench {

/// A statement of the C interface of SQLite. Exits the program if it cannot be prepared or executed.
class BareStatement
{
public:
    BareStatement(sqlite3 *database, const QString &sql);
    ~BareStatement();
    Q_DISABLE_COPY_MOVE(BareStatement)

    void bind(const char *name, qint64 value);
    void bind(const char *name, const QByteArray &value);
    /// Executes the statement. Returns the first column of its last row; 0 without rows.
    qint64 run();

private:
    sqlite3 *m_database;
    sqlite3_stmt *m_statement;
};

/// A connection through the C interface of SQLite, for the bare loops that show what this machine can do.
class BareConnection
{
public:
    /// synchronous: a value of PRAGMA synchronous, such as "NORMAL".
    explicit BareConnection(const QString &path, const QString &synchronous = QStringLiteral("NORMAL"));
    ~BareConnection();
    Q_DISABLE_COPY_MOVE(BareConnection)

    void exec(const QString &sql);
    [[nodiscard]] qint64 number(const QString &sql);
    [[nodiscard]] sqlite3 *handle() const { return m_database; }

private:
    sqlite3 *m_database = nullptr;
};

/// A new database with all tables of Lifeguard, in a temporary folder.
class QueueFile
{
public:
    QueueFile();

    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("queue.db")); }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    /// Adds pending jobs of a type in one transaction, with the statements of Lifeguard.
    void add(int count, const QString &type = QStringLiteral("noop"), int priority = 0, int payloadBytes = 0);
    /// Moves the write-ahead log into the database, so that a measurement begins without one.
    void emptyLog();
    /// Returns the number of jobs of the type with this status, from the counts that triggers keep.
    [[nodiscard]] qint64 count(const QString &status, const QString &type = QStringLiteral("noop"));
    /// Returns a statement of resources/sql/sqlite as Lifeguard would prepare it for this file.
    [[nodiscard]] QString statement(const QString &name) const;

private:
    QTemporaryDir m_folder;
};

} // namespace lifeguard::bench
