// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/plantumltext.h"
#include "core/worker/toolconverter.h"

#include <QByteArray>

#include <vector>

namespace lifeguard {

class PrivateFolder;
class ToolProcess;

/// Draws PlantUML diagrams. Its Java processes stay open between jobs (`-pipe`): the first diagram takes 0.7 s, each
/// further one some hundredths of a second. There is one Java process for each format and working folder, but at most
/// two; the least recently used one is ended first.
class PlantUmlConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit PlantUmlConverter(QObject *parent = nullptr);
    ~PlantUmlConverter() override;
    [[nodiscard]] bool usesInputFolder() const override { return true; }
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;

private:
    struct JavaProcess
    {
        QString format;
        QString folder;
        QByteArray delimiter; ///< PlantUML writes it after each diagram
        std::unique_ptr<ToolProcess> tool;
        QByteArray output; ///< the output for the current job so far
        quint64 completedJobs = 0;
    };

    [[nodiscard]] Result<JavaProcess *> javaProcessFor(const QString &format, const QString &folder);
    [[nodiscard]] Status createFolder();
    void cleanUp() override;
    void onOutput(JavaProcess *java, const QByteArray &bytes);
    void onEnded(JavaProcess *java, const QString &how, bool failedToStart);
    void sendDiagram();
    void finish(const Result<Conversion> &result) override;
    void endProcess(JavaProcess *java);

    std::unique_ptr<PrivateFolder> m_privateFolder; ///< home and temporary folder of the Java processes; outlives them
    std::vector<std::unique_ptr<JavaProcess>> m_javaProcesses; ///< the most recently used one is last
    JavaProcess *m_busy = nullptr; ///< the process that draws the current diagram
    PlantUmlDiagram m_diagram;
    QString m_format;
    QString m_folder;
    bool m_isCancelled = false;
    bool m_isRetry = false;
};

} // namespace lifeguard
