// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/base/logging.h"
#include "core/store/sqliteconnection.h"
#include "core/store/sqltext.h"

#include <QCoreApplication>
#include <QSqlDatabase>
#include <QSqlError>

#include <algorithm>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Database", text);
}

} // namespace

Database::Database(QString connection, DatabaseInfo info, std::chrono::milliseconds busyTimeout)
    : m_connection(std::move(connection)), m_info(std::move(info)), m_busyTimeout(busyTimeout)
{
}

Database::~Database()
{
    m_statements.clear();
    closeConnection(m_connection);
}

bool Database::hasColumn(const QString &table, const QString &column) const
{
    return m_columns.value(table).contains(column);
}

bool Database::hasTable(const QString &table) const
{
    return m_columns.contains(table);
}

bool Database::pause(LockWait &wait) const
{
    constexpr std::chrono::milliseconds tellAfter(300);
    constexpr std::chrono::milliseconds hurriedTimeout(1000);
    const auto waited = std::chrono::steady_clock::now() - wait.since;
    const bool hurry = m_hurry && m_hurry->load();
    if (waited >= (hurry ? std::min(m_busyTimeout, hurriedTimeout) : m_busyTimeout))
        return false;
    if (!wait.told && waited >= tellAfter && m_onLocked) {
        wait.told = true;
        m_onLocked();
    }
    pauseForLock(++wait.tries);
    return true;
}

Result<QSqlQuery *> Database::prepared(const char *name, const QStringList &words)
{
    std::string key = name;
    for (const QString &word : words)
        key += '+' + word.toStdString();
    const auto found = m_statements.find(key);
    if (found != m_statements.end())
        return found->second.get();
    const auto has = [this](const QString &table, const QString &column) { return hasColumn(table, column); };
    const Result<QString> text = sqlText(QString::fromLatin1(name), has, words);
    if (!text)
        return tl::unexpected(text.error());
    auto query = std::make_unique<QSqlQuery>(QSqlDatabase::database(m_connection, false));
    query->setForwardOnly(true);
    LockWait wait;
    while (!query->prepare(*text)) {
        if (!isBusy(query->lastError()) || !pause(wait)) {
            Error error = describe(query->lastError(), m_info.path);
            error.detail += QStringLiteral(" [%1]").arg(QString::fromLatin1(name));
            return tl::unexpected(error);
        }
    }
    return m_statements.emplace(std::move(key), std::move(query)).first->second.get();
}

Status Database::exec(QSqlQuery &query)
{
    LockWait wait;
    while (!query.exec()) {
        const QSqlError error = query.lastError();
        query.finish();
        if (!isBusy(error) || !pause(wait))
            return failure(describe(error, m_info.path));
    }
    return {};
}

Status Database::execText(const QString &sql)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    LockWait wait;
    while (!query.exec(sql)) {
        if (!isBusy(query.lastError()) || !pause(wait))
            return failure(describe(query.lastError(), m_info.path));
    }
    return {};
}

Status Database::run(const char *name, const Values &values, const std::function<void(const QSqlQuery &)> &onRow)
{
    return run(name, {}, values, onRow);
}

Status Database::run(const char *name, const QStringList &words, const Values &values, const std::function<void(const QSqlQuery &)> &onRow)
{
    const Result<QSqlQuery *> query = prepared(name, words);
    if (!query)
        return tl::unexpected(query.error());
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        (*query)->bindValue(u':' + value.key(), value.value());
    if (const Status done = exec(**query); !done)
        return done;
    while ((*query)->next()) {
        if (onRow)
            onRow(**query);
    }
    // A statement that ran into trouble while stepping says so only now.
    const QSqlError error = (*query)->lastError();
    (*query)->finish(); // an open RETURNING would make the COMMIT fail
    if (error.isValid() && error.type() != QSqlError::NoError)
        return failure(describe(error, m_info.path));
    return {};
}

Result<int> Database::change(const char *name, const Values &values)
{
    const Result<QSqlQuery *> query = prepared(name);
    if (!query)
        return tl::unexpected(query.error());
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        (*query)->bindValue(u':' + value.key(), value.value());
    if (const Status done = exec(**query); !done)
        return tl::unexpected(done.error());
    const int changed = (*query)->numRowsAffected();
    m_lastInsertId = (*query)->lastInsertId().toLongLong();
    (*query)->finish();
    return changed;
}

Status Database::transaction(const std::function<Status()> &body)
{
    if (m_info.readOnly)
        return failure(ErrorCode::ReadOnly, tr("%1 is open read-only: nothing can be changed.").arg(m_info.path));
    if (m_depth > 0)
        return body();
    if (const Status begun = execText(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return begun;
    ++m_depth;
    const Status done = body();
    --m_depth;
    if (!done) {
        QSqlQuery rollback(QSqlDatabase::database(m_connection, false));
        rollback.exec(QStringLiteral("ROLLBACK"));
        return done;
    }
    if (const Status committed = execText(QStringLiteral("COMMIT")); !committed) {
        QSqlQuery rollback(QSqlDatabase::database(m_connection, false));
        rollback.exec(QStringLiteral("ROLLBACK"));
        return committed;
    }
    return {};
}

Result<qint64> Database::dataVersion()
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.exec(QStringLiteral("PRAGMA data_version")) || !query.next())
        return failure(describe(query.lastError(), m_info.path));
    return query.value(0).toLongLong();
}

} // namespace lifeguard
