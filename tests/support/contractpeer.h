// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/jobrunner.h"
#include "core/worker/jobsettlement.h"
#include "tests/support/contractcase.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <memory>

namespace lifeguard::test {

constexpr int toolPatience = isSanitized ? 240000 : 90000; ///< starting Java or Chromium on a busy machine takes long

/// A converter with everything that a worker has around it, for the tests of the contract of converters. Its tool stays
/// open between jobs, as in a worker.
class ContractPeer
{
public:
    ContractPeer(QueueTest &queue, const QString &type);
    ~ContractPeer();
    Q_DISABLE_COPY_MOVE(ContractPeer)

    /// Starts a job whose payload names only what the type needs.
    void start(const ContractCase &kind, const QString &input, const QString &output);
    [[nodiscard]] bool hasFinished() const { return !m_outcomes.isEmpty(); }
    /// Waits until the job has ended, and settles it.
    [[nodiscard]] JobOutcome finish();
    JobOutcome run(const ContractCase &kind, const QString &input, const QString &output)
    {
        start(kind, input, output);
        return finish();
    }
    void abandon() { m_runner->abandon(); }

    WorkerOptions options;

private:
    QueueTest &m_queue;
    ResultsCache m_cache;
    Fingerprints m_fingerprints;
    HostPaths m_paths;
    FileThread m_files;
    std::unique_ptr<Converter> m_converter;
    std::unique_ptr<JobRunner> m_runner;
    JobSettlement m_settlement;
    Job m_job;
    QList<JobOutcome> m_outcomes;
};

} // namespace lifeguard::test
