// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/plantumlpagenames.h"
#include "core/formats/plantumltext.h"
#include "core/worker/filethread.h"
#include "core/worker/plantumlcommand.h"
#include "core/worker/plantumlfiles.h"
#include "core/worker/plantumlprocesses.h"
#include "core/worker/toolconverter.h"

#include <QByteArray>

#include <memory>

namespace lifeguard {

class PlantUmlPages;
class PlantUmlProcess;
class PrivateFolder;

/// Draws PlantUML diagrams. Its PlantUML processes stay open between jobs: the first diagram takes 0.7 s, each further
/// one some hundredths of a second. The process that most diagrams use can be started before the first job. Diagrams
/// with several pages are drawn by a process of their own.
class PlantUmlConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit PlantUmlConverter(QObject *parent = nullptr);
    ~PlantUmlConverter() override;
    [[nodiscard]] bool usesInputFolder() const override { return true; }
    [[nodiscard]] QString rules(const QJsonObject &payload, const ConverterSettings &settings) const override;
    /// Starts the process for simple diagrams as png, and lets it draw a diagram.
    void startAhead(const QString &workspace, const ConverterSettings &settings) override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;

private:
    /// The drawing that is being made.
    enum class Step {
        Picture, ///< the output, by a process that stays open
        Pages, ///< the outputs of a diagram with several pages
        Check, ///< an svg, only to recognise the picture of an error message
    };

    /// Reads the options of the payload, and the diagram that they choose.
    [[nodiscard]] Status chooseDiagram(const Job &job, const ConversionContext &context);
    void examineFiles();
    void onExamined(const PlantUmlFiles &files);
    void draw();
    void drawPages();
    [[nodiscard]] Status prepareTools();
    void onDrawn(const QByteArray &output, const QByteArray &errors);
    void onEnded(PlantUmlProcess *process, const QString &how, bool failedToStart, const QByteArray &errors);
    void onPages(const Result<QList<QByteArray>> &drawn, const QByteArray &errors);
    [[nodiscard]] bool mayRefuseResolution(const QByteArray &errors) const;
    [[nodiscard]] bool isCutOff(const QByteArray &output) const;
    void drawAgain(const PlantUmlCommand &command);
    [[nodiscard]] Status readGraphvizOutput(QByteArray &output);
    void checkPicture();
    void succeed();
    void finish(const Result<Conversion> &result) override;
    void endPages();
    void cleanUp() override;

    std::unique_ptr<PrivateFolder> m_privateFolder; ///< home and temporary folder of the processes; outlives them
    PlantUmlTools m_tools;
    FileThread m_fileThread;
    PlantUmlProcesses m_processes;
    std::unique_ptr<PlantUmlPages> m_pageRun;
    PlantUmlProcess *m_busy = nullptr; ///< the process that draws the current diagram

    PlantUmlDiagram m_diagram;
    PlantUmlFiles m_files;
    PlantUmlCommand m_command; ///< of the output
    Step m_step = Step::Picture;
    QList<QByteArray> m_outputs; ///< the pages drawn so far
    PlantUmlPageNames m_pageNames;
    QString m_inputFolder;
    QStringList m_notes;
    bool m_wantsAllPages = false;
    bool m_isCancelled = false;
    bool m_isRetry = false;
};

} // namespace lifeguard
