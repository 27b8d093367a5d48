// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tools/drawiotools.h"
#include "core/worker/toolconverter.h"

#include <QTimer>

namespace lifeguard {

class PrivateFolder;
class ToolProcess;

/// draw.io's drawings through the `drawio` command, called as CLX calls it. Our own wrapper is kept open between jobs (its
/// browser takes a second to start); any other drawio is called once a job. Of several pages the first is drawn, or the one
/// that page_index of the payload names, counted from 0.
class DrawioConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit DrawioConverter(QObject *parent = nullptr);
    ~DrawioConverter() override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;

private:
    Status prepare(const ConversionContext &context);
    Status makeFolder();
    [[nodiscard]] QString inFolder(const QString &name) const;
    [[nodiscard]] QStringList arguments() const;
    void begin();
    void startTool(const QStringList &arguments);
    void onOutput(const QByteArray &bytes);
    void onEnded(const QString &how, bool failedToStart);
    void judge(const QString &how, const QString &words);
    void finish(const Result<Conversion> &result) override;
    void cleanUp() override;

    DrawioTools m_tools; ///< of the tool that runs
    std::unique_ptr<PrivateFolder> m_folder; ///< input, output and the browser's profile; outlives the tool
    std::unique_ptr<ToolProcess> m_tool;
    QTimer m_closeLimit;
    QString m_input;
    QString m_output;
    QString m_format;
    QString m_target; ///< the job's own
    int m_pageIndex = 0;
    QByteArray m_answer;
    int m_served = 0; ///< jobs that the tool which runs has answered
    bool m_isBusy = false;
    bool m_isCancelled = false;
    bool m_isSecondTry = false;
    bool m_isClosing = false;
};

} // namespace lifeguard
