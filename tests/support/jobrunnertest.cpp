// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/jobrunnertest.h"

namespace lifeguard::test {

void JobRunnerTest::setUp()
{
    m_t = std::make_unique<QueueTest>();
    m_cache = std::make_unique<ResultsCache>(*m_t->db, m_t->clock);
    m_fingerprints = std::make_unique<Fingerprints>(*m_t->db);
    m_converter = std::make_unique<FakeConverter>();
    m_options = {};
    m_options.workspace = m_t->folder.path();
    createRunner();
}

void JobRunnerTest::tearDown()
{
    m_finished.reset();
    m_runner.reset();
    m_settlement.reset();
    m_converter.reset();
    m_fingerprints.reset();
    m_cache.reset();
    m_t.reset();
}

void JobRunnerTest::createRunner(const QString &hostWorkspace)
{
    m_finished.reset();
    m_runner.reset();
    m_paths = std::make_unique<HostPaths>(hostWorkspace, m_options.workspace);
    m_settlement = std::make_unique<JobSettlement>(*m_t->db, *m_t->queue, *m_cache, *m_fingerprints, *m_paths);
    m_runner = std::make_unique<JobRunner>(m_options, *m_paths, *m_cache, *m_fingerprints, *m_converter, m_files);
    m_finished = std::make_unique<QSignalSpy>(m_runner.get(), &JobRunner::finished);
}

Job JobRunnerTest::claim(const QByteArray &payload, const QString &output)
{
    NewJob job;
    job.type = s("plantuml");
    job.outputFile = output.isEmpty() || output.startsWith(u'/') ? output : path(output);
    job.contentHash = s("hash");
    job.payload = payload;
    const qint64 id = m_t->queue->add(job).value_or(0);
    const auto claimed = m_t->queue->claim(m_t->worker(s("w%1").arg(id), s("plantuml")), s("plantuml"));
    return claimed && claimed->size() == 1 ? claimed->first() : Job();
}

} // namespace lifeguard::test
