// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/notereader.h"

#include "core/base/futurecallbacks.h"
#include "core/store/jobresults.h"
#include "core/store/store.h"

#include <utility>

namespace lifeguard::ctl {
namespace {

constexpr int notesAtOnce = 1000;

} // namespace

NoteReader::NoteReader(Store &store, QObject *parent) : QObject(parent), m_store(store) {}

void NoteReader::start()
{
    whenFinished(m_store.read<qint64>([](Database &database) { return JobResults(database).latestNote(); }), this,
                 [this](const Result<qint64> &latest) {
                     if (latest)
                         m_latest = *latest;
                 });
}

void NoteReader::read(std::function<void()> then)
{
    if (then)
        m_waiting.append(std::move(then));
    m_isObsolete = true;
    if (!m_isReading)
        readNext();
}

void NoteReader::readNext()
{
    m_isObsolete = false;
    if (m_latest < 0) {
        end();
        return;
    }
    m_isReading = true;
    const auto task = [latest = m_latest](Database &database) {
        return JobResults(database).notesAfter(latest, notesAtOnce);
    };
    whenFinished(m_store.read<QList<JobNote>>(task), this, [this](const Result<QList<JobNote>> &notes) {
        m_isReading = false;
        if (notes && !notes->isEmpty()) {
            m_latest = notes->last().id;
            Q_EMIT notesRead(*notes);
        }
        if (notes && (m_isObsolete || notes->size() == notesAtOnce))
            readNext();
        else
            end();
    });
}

void NoteReader::end()
{
    for (const std::function<void()> &then : std::exchange(m_waiting, {}))
        then();
}

} // namespace lifeguard::ctl
