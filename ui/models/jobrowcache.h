// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"

#include <QHash>
#include <QList>

namespace lifeguard {

/// The rows of the jobs table that are loaded: the head, which is the first rows without gaps, and single pages beyond
/// it. The least recently used pages are dropped. Every value belongs to a revision of the database,
/// which the caller counts.
class JobRowCache
{
public:
    static constexpr int pageSize = 200; ///< rows
    static constexpr int maxPages = 50;

    /// Returns the job in a row; null if the row is not loaded.
    [[nodiscard]] const Job *at(int row) const;
    [[nodiscard]] Job *at(int row) { return const_cast<Job *>(std::as_const(*this).at(row)); }
    [[nodiscard]] bool hasPage(int page) const { return at(page * pageSize) != nullptr; }
    /// Returns the revision of the values in a page; 0 if it is not loaded.
    [[nodiscard]] quint64 pageRevision(int page) const;

    [[nodiscard]] const QList<Job> &head() const { return m_head; }
    [[nodiscard]] int headSize() const { return int(m_head.size()); }
    [[nodiscard]] QList<qint64> headIds() const;
    [[nodiscard]] quint64 headRevision() const { return m_headRevision; }
    [[nodiscard]] bool isInHead(qint64 id) const;
    void setHead(const QList<Job> &jobs) { m_head = jobs; }
    void setHeadRevision(quint64 revision) { m_headRevision = revision; }
    /// Shortens the head to this size if it is longer.
    void truncateHead(int size) { m_head.resize(std::min<qsizetype>(m_head.size(), size)); }
    void removeFromHead(int first, int last) { m_head.remove(first, last - first + 1); }
    void insertIntoHead(int row, const QList<Job> &jobs);
    void appendToHead(const QList<Job> &jobs) { m_head += jobs; }

    [[nodiscard]] bool hasPages() const { return !m_pages.isEmpty(); }
    /// Stores a page, and drops the least recently used one if there are too many.
    void insertPage(int page, const QList<Job> &jobs, quint64 revision);
    void clearPages() { m_pages.clear(); }
    /// Marks a page as used now.
    void touchPage(int page);
    /// Records the revision at which the values of this row, and of the others in its page or in the head, were read.
    void setRowRevision(int row, quint64 revision);

private:
    struct Page
    {
        QList<Job> jobs;
        quint64 lastUse = 0;
        quint64 revision = 0;
    };

    QList<Job> m_head;
    quint64 m_headRevision = 0;
    QHash<int, Page> m_pages;
    quint64 m_useCounter = 0;
};

} // namespace lifeguard
