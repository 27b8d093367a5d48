// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/toolconverter.h"

#include <QByteArray>
#include <QJsonObject>

namespace lifeguard {

class PrivateFolder;
class ToolProcess;

/// Notebooks over nbconvert: one Python is kept open (resources/notebook), so that nbconvert is imported once, and runs the
/// cells of each job in a kernel of their own that ends with the job. Home and Jupyter's folders are private ones.
class NotebookConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit NotebookConverter(QObject *parent = nullptr);
    ~NotebookConverter() override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;
    /// "cell 4: `while True:`", while a job's cells run.
    [[nodiscard]] QString progress() const override { return m_progress; }

private:
    [[nodiscard]] Status startHelper();
    [[nodiscard]] Status layOutFolder();
    void begin();
    void onOutput(const QByteArray &bytes);
    void onAnswer(const QJsonObject &answer);
    void onEnded(const QString &how, bool failedToStart);
    void finish(const Result<Conversion> &result) override;
    void forget();
    void cleanUp() override;

    std::unique_ptr<PrivateFolder> m_folder; ///< outlives the helper
    std::unique_ptr<ToolProcess> m_helper;
    QByteArray m_output; ///< of the helper, up to the next line's end
    QJsonObject m_request;
    QJsonObject m_unusable; ///< why the helper cannot work
    QString m_progress;
    qint64 m_number = 0; ///< of the request
    int m_served = 0; ///< by this helper
    bool m_isBusy = false;
    bool m_hasBegun = false;
    bool m_isCancelled = false;
    bool m_isSecondTry = false;
};

} // namespace lifeguard
