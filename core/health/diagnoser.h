// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace lifeguard {

/// Diagnoses one worker: reads its processes and the last lines of its log, measures its CPU and memory for two
/// seconds, and captures the stacks, which may take a few more seconds. Reads /proc and files on threads of its own;
/// never blocks. May be deleted at any time. Lives on the thread that created it.
class Diagnoser : public QObject
{
    Q_OBJECT

public:
    explicit Diagnoser(DiagnosisRequest request, QObject *parent = nullptr);

    /// Starts the diagnosis. Call this once. changed() is emitted whenever more is known, and finished() at the end.
    void start();
    [[nodiscard]] const Diagnosis &diagnosis() const { return m_diagnosis; }

    static constexpr int sampleCount = 2; ///< of CPU and memory
    static constexpr seconds sampleInterval{1};
    static constexpr seconds factsTimeout{5}; ///< /proc normally answers within milliseconds

Q_SIGNALS:
    void changed(const lifeguard::Diagnosis &diagnosis);
    void finished(const lifeguard::Diagnosis &diagnosis);

private:
    struct Facts
    {
        ProcessVisibility visibility = ProcessVisibility::Gone;
        QList<ProcessFacts> processes;
        QStringList lastLines;
        QString logProblem;
        QString stackTool;
    };
    struct TreeUsage;

    static Facts gatherFacts(const DiagnosisRequest &request);
    void onFacts(const Facts &facts);
    void measureUsage();
    void onUsage(const TreeUsage &usage);
    void startStacks(const QString &tool);
    void captureNextStack();
    void report();

    Diagnosis m_diagnosis;
    QTimer m_factsTimer;
    QTimer m_sampleTimer;
    std::shared_ptr<const TreeUsage> m_previousUsage;
    QString m_stackTool;
    QList<ProcessFacts> m_pendingStacks;
    bool m_done = false;
};

} // namespace lifeguard
