// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/jobrunner.h"
#include "core/worker/jobsettlement.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

namespace lifeguard::test {

/// Records the arguments of convert(). The test decides on the result.
class FakeConverter : public Converter
{
public:
    [[nodiscard]] bool usesInputFolder() const override { return usesFolder; }
    void convert(const Job &job, const ConversionContext &given) override
    {
        inputFile = job.inputFile;
        context = given;
        ++conversions;
    }
    void cancel() override
    {
        ++cancellations;
        Q_EMIT finished(failure(ErrorCode::Cancelled, s("cancelled"), s("detail")));
    }
    [[nodiscard]] QString progress() const override { return place; }

    /// Writes the temporary output and finishes the job.
    void complete(const QByteArray &output)
    {
        write(context.outputFile, output);
        Q_EMIT finished(Conversion{true, {}});
    }

    bool usesFolder = false;
    [[nodiscard]] QString rules(const QJsonObject &, const ConverterSettings &) const override { return currentRules; }

    QString currentRules = s("1");
    QString inputFile;
    ConversionContext context;
    QString place;
    int conversions = 0;
    int cancellations = 0;
};

/// Base class of the tests of JobRunner: one job of the type plantuml, a converter that the test controls, and the
/// settlement of the job in a queue.
class JobRunnerTest : public QObject
{
protected:
    void setUp();
    void tearDown();
    /// Adds a job and claims it.
    Job claim(const QByteArray &payload = R"({"data": "@startuml"})", const QString &output = s("out.png"));
    /// Starts a job, and waits until it is being converted or has finished.
    void begin(const Job &job)
    {
        const int conversions = m_converter->conversions;
        const qsizetype finished = m_finished->size();
        m_runner->start(job);
        EVENTUALLY(m_converter->conversions > conversions || m_finished->size() > finished);
    }
    /// Finishes the conversion with this output, and waits until the job has finished.
    void complete(const QByteArray &output)
    {
        const qsizetype finished = m_finished->size();
        m_converter->complete(output);
        EVENTUALLY(m_finished->size() > finished);
    }
    /// Creates the runner; hostWorkspace as in WorkerOptions.
    void createRunner(const QString &hostWorkspace = {});
    [[nodiscard]] JobOutcome outcome() const
    {
        return m_finished->isEmpty() ? JobOutcome() : m_finished->last().first().value<JobOutcome>();
    }
    [[nodiscard]] QString path(const QString &name) const { return m_t->folder.filePath(name); }

    std::unique_ptr<QueueTest> m_t;
    std::unique_ptr<ResultsCache> m_cache;
    std::unique_ptr<Fingerprints> m_fingerprints;
    std::unique_ptr<HostPaths> m_paths;
    std::unique_ptr<FakeConverter> m_converter;
    std::unique_ptr<JobSettlement> m_settlement;
    std::unique_ptr<JobRunner> m_runner;
    std::unique_ptr<QSignalSpy> m_finished;
    WorkerOptions m_options;
    FileThread m_files;
};

} // namespace lifeguard::test
