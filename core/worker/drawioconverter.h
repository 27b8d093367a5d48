// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tools/drawiotools.h"
#include "core/worker/toolconverter.h"

#include <QJsonObject>
#include <QStringList>
#include <QTimer>

namespace lifeguard {

class PrivateFolder;
class ToolProcess;

/// Exports draw.io drawings with the `drawio` command, called as CLX calls it. Lifeguard's own wrapper,
/// lifeguard-drawio, stays open between jobs, because its browser takes a second to start; any other command is started
/// once for each job. Exports the first page, or the page with the index page_index of the payload, counted from 0, or
/// to a PDF all pages, if "pages" of the payload is "all". The input may be a picture with a copy of the drawing.
class DrawioConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit DrawioConverter(QObject *parent = nullptr);
    ~DrawioConverter() override;
    [[nodiscard]] QString rules(const QJsonObject &payload, const ConverterSettings &settings) const override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;

private:
    [[nodiscard]] Status prepare(const ConversionContext &context);
    [[nodiscard]] Status choosePages(const QJsonObject &payload, int count);
    [[nodiscard]] Status writeInput(const QByteArray &drawing, int pages, const QJsonObject &payload);
    [[nodiscard]] Status createFolder();
    [[nodiscard]] QString pathInFolder(const QString &name) const;
    [[nodiscard]] QStringList arguments() const;
    void sendJob();
    void startTool(const QStringList &arguments);
    void onOutput(const QByteArray &bytes);
    void onEnded(const QString &how, bool failedToStart);
    void finishFromOutput(const QString &how, const QString &errors);
    void finish(const Result<Conversion> &result) override;
    void cleanUp() override;

    DrawioTools m_tools; ///< the programs of the running tool
    std::unique_ptr<PrivateFolder> m_folder; ///< input, output and the browser's profile; outlives the tool
    std::unique_ptr<ToolProcess> m_tool;
    QTimer m_closeLimit;
    QString m_input;
    QString m_output;
    QString m_format;
    int m_pageIndex = 0;
    bool m_drawsAllPages = false;
    QStringList m_permissions; ///< options of the wrapper that allow drawings to load files or to use the network
    QStringList m_notes; ///< what is known about the output before it is made
    QJsonObject m_facts; ///< what the wrapper has reported about the output
    QByteArray m_answer; ///< the output of the wrapper so far
    int m_completedJobs = 0; ///< jobs that the running tool has completed
    bool m_isBusy = false;
    bool m_isCancelled = false;
    bool m_isRetry = false;
    bool m_isClosing = false;
};

} // namespace lifeguard
