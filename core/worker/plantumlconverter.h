// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/plantumltext.h"
#include "core/worker/toolconverter.h"

#include <QByteArray>

#include <vector>

namespace lifeguard {

class ToolProcess;

/// PlantUML, kept open between jobs (`-pipe`): 0.7 s for the first diagram, some hundredths for each after it. One Java
/// machine a format and working folder, two at most; the longest unused one goes.
class PlantUmlConverter : public ToolConverter
{
    Q_OBJECT

public:
    explicit PlantUmlConverter(QObject *parent = nullptr);
    ~PlantUmlConverter() override;
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;
    void close() override;

private:
    struct Machine
    {
        QString format;
        QString folder;
        QByteArray mark; ///< ends each answer
        std::unique_ptr<ToolProcess> tool;
        QByteArray output;
        quint64 served = 0;
    };

    Result<Machine *> machineFor(const QString &format, const QString &folder);
    void onOutput(Machine *machine, const QByteArray &bytes);
    void onEnded(Machine *machine, const QString &how, bool failedToStart);
    void begin();
    void finish(const Result<Conversion> &result) override;
    void forget(Machine *machine);

    std::vector<std::unique_ptr<Machine>> m_machines; ///< the one used last at the end
    Machine *m_busy = nullptr;
    PlantUmlDiagram m_diagram;
    QString m_format;
    QString m_folder;
    QString m_outputFile;
    bool m_isCancelled = false;
    bool m_isSecondTry = false;
};

} // namespace lifeguard
