// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/toolconverter.h"

#include <QByteArray>
#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

class PrivateFolder;
class ToolProcess;

/// Converts notebooks with nbconvert. A helper written in Python (resources/notebook) stays open between jobs, so that
/// nbconvert is imported once. It runs the cells of each job in a new kernel, which ends with the job. One kernel is
/// started ahead: while a job runs, the kernel of the next one. The helper and
/// its kernels use a private home folder and private Jupyter folders.
class NotebookConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit NotebookConverter(QObject *parent = nullptr);
    ~NotebookConverter() override;
    [[nodiscard]] QString rules(const QJsonObject &payload, const ConverterSettings &settings) const override;
    /// Starts the helper, and a Python kernel.
    void startAhead(const QString &workspace, const ConverterSettings &settings) override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;
    /// Returns for example "cell 4: `while True:`" while the cells of a job are running.
    [[nodiscard]] QString progress() const override { return m_progress; }

private:
    [[nodiscard]] Status startHelper();
    [[nodiscard]] Status createFolder();
    [[nodiscard]] QJsonObject makeRequest(const Job &job, const ConversionContext &context) const;
    void sendRequest();
    void onOutput(const QByteArray &bytes);
    void onMessage(const QJsonObject &message);
    void onEnded(const QString &how, bool failedToStart);
    void finish(const Result<Conversion> &result) override;
    void retireHelper();
    void cleanUp() override;

    std::unique_ptr<PrivateFolder> m_folder; ///< kept until the last helper has ended
    std::unique_ptr<ToolProcess> m_helper;
    QByteArray m_output; ///< an incomplete line of the helper
    QJsonObject m_request;
    QJsonObject m_importError; ///< reported by the helper if nbconvert cannot be imported
    QString m_progress;
    qint64 m_requestId = 0;
    int m_completedJobs = 0; ///< jobs that this helper has completed
    bool m_isBusy = false;
    bool m_hasStarted = false; ///< the helper has received the request
    bool m_isCancelled = false;
    bool m_isRetry = false;
};

} // namespace lifeguard
