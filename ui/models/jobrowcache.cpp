// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobrowcache.h"

#include <algorithm>

namespace lifeguard {

const Job *JobRowCache::at(int row) const
{
    if (row < 0) {
        return nullptr;
    }
    if (row < m_head.size()) {
        return &m_head.at(row);
    }
    const auto page = m_pages.constFind(row / pageSize);
    const int rowInPage = row % pageSize;
    return page != m_pages.cend() && rowInPage < page->jobs.size() ? &page->jobs.at(rowInPage) : nullptr;
}

quint64 JobRowCache::pageRevision(int page) const
{
    return page * pageSize < m_head.size() ? m_headRevision : m_pages.value(page).revision;
}

QList<qint64> JobRowCache::headIds() const
{
    QList<qint64> ids;
    ids.reserve(m_head.size());
    for (const Job &job : m_head) {
        ids.append(job.id);
    }
    return ids;
}

bool JobRowCache::isInHead(qint64 id) const
{
    return std::any_of(m_head.cbegin(), m_head.cend(), [id](const Job &job) { return job.id == id; });
}

void JobRowCache::insertIntoHead(int row, const QList<Job> &jobs)
{
    for (const Job &job : jobs) {
        m_head.insert(row++, job);
    }
}

void JobRowCache::insertPage(int page, const QList<Job> &jobs, quint64 revision)
{
    m_pages.insert(page, {jobs, ++m_useCounter, revision});
    while (m_pages.size() > maxPages) {
        m_pages.erase(std::min_element(m_pages.cbegin(), m_pages.cend(),
                                       [](const Page &a, const Page &b) { return a.lastUse < b.lastUse; }));
    }
}

void JobRowCache::touchPage(int page)
{
    if (const auto found = m_pages.find(page); found != m_pages.end()) {
        found->lastUse = ++m_useCounter;
    }
}

void JobRowCache::setRowRevision(int row, quint64 revision)
{
    if (row < m_head.size()) {
        m_headRevision = revision;
    } else if (const auto found = m_pages.find(row / pageSize); found != m_pages.end()) {
        found->revision = revision;
        found->lastUse = ++m_useCounter;
    }
}

} // namespace lifeguard
