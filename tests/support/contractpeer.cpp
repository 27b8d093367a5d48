// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/contractpeer.h"

#include <QSignalSpy>
#include <QTest>

namespace lifeguard::test {

ContractPeer::ContractPeer(QueueTest &queue, const QString &type)
    : m_queue(queue)
    , m_cache(*queue.db, queue.clock)
    , m_fingerprints(*queue.db)
    , m_paths({}, queue.folder.path())
    , m_converter(makeConverter(type))
    , m_settlement(*queue.db, *queue.queue, m_cache, m_fingerprints, m_paths)
{
    options.type = type;
    options.workspace = queue.folder.path();
    m_runner = std::make_unique<JobRunner>(options, m_paths, m_cache, m_fingerprints, *m_converter, m_files);
    QObject::connect(m_runner.get(), &JobRunner::finished, m_runner.get(),
                     [this](const JobOutcome &outcome) { m_outcomes.append(outcome); });
}

ContractPeer::~ContractPeer()
{
    QSignalSpy closed(m_converter.get(), &Converter::closed);
    m_converter->close();
    (void)QTest::qWaitFor([&] { return !closed.isEmpty(); }, toolPatience);
}

void ContractPeer::start(const ContractCase &kind, const QString &input, const QString &output)
{
    NewJob job;
    job.type = kind.type;
    job.inputFile = input;
    job.outputFile = output;
    job.contentHash = s("hash");
    job.payload = kind.type == s("notebook") ? R"({"kind": "completed", "language": "en", "prog_lang": "python"})"
                                             : "{}";
    job.isForced = true; // the cache is tested elsewhere
    const qint64 id = m_queue.queue->add(job).value_or(0);
    const qint64 worker = m_queue.worker(s("w%1").arg(id), kind.type);
    m_job = m_queue.queue->claim(worker, kind.type).value_or(QList<Job>()).value(0);
    m_outcomes.clear();
    m_runner->start(m_job);
}

JobOutcome ContractPeer::finish()
{
    if (!QTest::qWaitFor([this] { return hasFinished(); }, toolPatience))
        qFatal("the job has not ended");
    const JobOutcome outcome = m_outcomes.first();
    if (outcome.kind != JobOutcome::Kind::LeaseLost) {
        m_settlement.begin(m_job, outcome);
        if (!m_settlement.settle(1))
            qFatal("the job was not settled");
    }
    return outcome;
}

} // namespace lifeguard::test
