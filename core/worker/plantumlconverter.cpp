// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlconverter.h"

#include "core/tools/plantumltools.h"
#include "core/worker/privatefolder.h"
#include "core/worker/toolprocess.h"

#include <QFileInfo>
#include <QUuid>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

constexpr std::size_t maxJavaProcesses = 2; // each takes about 100 MB of memory
constexpr qsizetype detailLimit = 8000; // bytes of stderr

} // namespace

PlantUmlConverter::PlantUmlConverter(QObject *parent) : ToolConverter(parent) {}

PlantUmlConverter::~PlantUmlConverter() = default;

void PlantUmlConverter::convert(const Job &, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isRetry = false;
    m_format = context.format;
    Result<PlantUmlDiagram> diagram = plantUmlDiagram(context.data,
                                                      context.payload.value(QLatin1String("diagram_index")).toInt());
    if (!diagram) {
        finishLater(failure(diagram.error()));
        return;
    }
    m_diagram = std::move(*diagram);
    // PlantUML searches for relative includes in the working folder of its process.
    m_folder = m_diagram.hasIncludes && !context.inputFolder.isEmpty() ? context.inputFolder : context.workspace;
    sendDiagram();
}

void PlantUmlConverter::sendDiagram()
{
    const Result<JavaProcess *> java = javaProcessFor(m_format, m_folder);
    if (!java) {
        finishLater(failure(java.error()));
        return;
    }
    m_busy = *java;
    m_busy->output.clear();
    // Discard text that was written to stderr between two jobs. A new process may have failed already: keep its
    // message.
    if (m_busy->completedJobs > 0)
        (void)m_busy->tool->takeErrors();
    m_busy->tool->write(m_diagram.text);
}

void PlantUmlConverter::cancel()
{
    if (!m_busy)
        return;
    m_isCancelled = true;
    m_busy->tool->killTree();
}

Result<PlantUmlConverter::JavaProcess *> PlantUmlConverter::javaProcessFor(const QString &format, const QString &folder)
{
    const auto found = std::find_if(m_javaProcesses.begin(), m_javaProcesses.end(),
                                    [&](const auto &java) { return java->format == format && java->folder == folder; });
    if (found != m_javaProcesses.end()) {
        std::rotate(found, found + 1, m_javaProcesses.end());
        return m_javaProcesses.back().get();
    }
    const PlantUmlTools tools = PlantUmlTools::find();
    if (const QString missing = tools.missingMessage(); !missing.isEmpty())
        return failure(ErrorCode::ToolMissing, missing);
    if (const Status created = createFolder(); !created)
        return failure(created.error());
    while (m_javaProcesses.size() >= maxJavaProcesses)
        endProcess(m_javaProcesses.front().get());

    auto java = std::make_unique<JavaProcess>();
    java->format = format;
    java->folder = folder;
    java->delimiter = "lifeguard-" + QUuid::createUuid().toByteArray(QUuid::Id128);
    java->tool = std::make_unique<ToolProcess>();
    JavaProcess *const added = java.get();
    connect(added->tool.get(), &ToolProcess::outputRead, this,
            [this, added](const QByteArray &bytes) { onOutput(added, bytes); });
    // Queued, because onEnded() deletes the tool.
    connect(
        added->tool.get(), &ToolProcess::ended, this,
        [this, added, tool = added->tool.get()](const QString &how, bool failedToStart) {
            const bool known = std::any_of(m_javaProcesses.cbegin(), m_javaProcesses.cend(), [&](const auto &other) {
                return other.get() == added && other->tool.get() == tool;
            });
            if (known)
                onEnded(added, how, failedToStart);
        },
        Qt::QueuedConnection);
    // Java writes to its home folder (~/.java), to the temporary folder (imageio) and, whatever its options say, to
    // /tmp/hsperfdata_USER. For a user without an entry in /etc/passwd, as in containers, it would create the folder
    // "?" in the workspace.
    const QString own = m_privateFolder->path();
    QStringList arguments{QStringLiteral("-Duser.home=") + own,
                          QStringLiteral("-Djava.io.tmpdir=") + own,
                          QStringLiteral("-Djava.util.prefs.userRoot=") + own,
                          QStringLiteral("-XX:-UsePerfData"),
                          QStringLiteral("-XX:ErrorFile=%1/hs_err.log").arg(own),
                          QStringLiteral("-Djava.awt.headless=true"),
                          QStringLiteral("-DPLANTUML_LIMIT_SIZE=8192"),
                          QStringLiteral("-jar"),
                          tools.jar,
                          QStringLiteral("-t") + format};
    if (format == QLatin1String("png"))
        arguments.append(QStringLiteral("-Sdpi=200"));
    arguments += {QStringLiteral("-charset"), QStringLiteral("UTF-8"), QStringLiteral("-pipe"),
                  QStringLiteral("-pipedelimitor"), QString::fromLatin1(java->delimiter)};
    added->tool->start(tools.java, arguments, folder);
    m_javaProcesses.push_back(std::move(java));
    return added;
}

Status PlantUmlConverter::createFolder()
{
    if (m_privateFolder && QFileInfo(m_privateFolder->path()).isDir())
        return {};
    Result<std::unique_ptr<PrivateFolder>> created = PrivateFolder::create(QStringLiteral("lifeguard-plantuml"));
    if (!created)
        return failure(created.error());
    m_privateFolder = std::move(*created);
    return {};
}

void PlantUmlConverter::cleanUp()
{
    m_privateFolder.reset();
}

void PlantUmlConverter::onOutput(JavaProcess *java, const QByteArray &bytes)
{
    if (java != m_busy || m_isCancelled)
        return;
    // The delimiter can only be in the new bytes and, partly, in the bytes just before them.
    const qsizetype from = std::max<qsizetype>(0, java->output.size() - java->delimiter.size());
    java->output += bytes;
    const qsizetype end = java->output.indexOf(java->delimiter, from);
    if (end < 0)
        return;
    java->output.truncate(end);
    ++java->completedJobs;
    if (const Status checked = checkPlantUmlErrors(java->tool->takeErrors(), m_diagram); !checked) {
        finish(failure(checked.error()));
        return;
    }
    if (java->output.trimmed().isEmpty()) {
        finish(failure(ErrorCode::ToolFailed, tr("PlantUML wrote an empty output.")));
        return;
    }
    // For an unknown @start…, PlantUML draws a picture of an error message. Its text can be recognised only in SVG.
    if (java->format == QLatin1String("svg") && java->output.size() < 4000
        && java->output.contains(">No @startuml/@enduml found<")) {
        finish(failure(ErrorCode::ToolFailed,
                       tr("line %1: this version of PlantUML does not support the diagram type: %2")
                           .arg(m_diagram.firstLine)
                           .arg(QString::fromUtf8(m_diagram.text.left(m_diagram.text.indexOf('\n'))))));
        return;
    }
    finish(Conversion{false, std::exchange(java->output, {})});
}

void PlantUmlConverter::onEnded(JavaProcess *java, const QString &how, bool failedToStart)
{
    const QString errors = QString::fromUtf8(java->tool->takeErrors().right(detailLimit)).trimmed();
    const bool wasBusy = java == m_busy;
    // A process that has completed other jobs may have died before it received this diagram, so a new process is
    // started.
    const bool retries = wasBusy && !m_isCancelled && !m_isRetry && java->completedJobs > 0 && java->output.isEmpty();
    if (wasBusy)
        m_busy = nullptr;
    endProcess(java);
    if (!wasBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing,
                       tr("Java cannot be started (%1). Install PlantUML: apt install plantuml graphviz").arg(how)));
    } else if (retries) {
        m_isRetry = true;
        sendDiagram();
    } else {
        const QString reason = errors.section(u'\n', 0, 0);
        finish(failure(ErrorCode::ToolFailed,
                       reason.isEmpty() ? tr("PlantUML ended unexpectedly (%1).").arg(how)
                                        : tr("PlantUML ended unexpectedly (%1): %2").arg(how, reason),
                       errors));
    }
}

void PlantUmlConverter::finish(const Result<Conversion> &result)
{
    m_busy = nullptr;
    Q_EMIT finished(result);
}

void PlantUmlConverter::endProcess(JavaProcess *java)
{
    const auto found = std::find_if(m_javaProcesses.begin(), m_javaProcesses.end(),
                                    [java](const auto &other) { return other.get() == java; });
    if (found == m_javaProcesses.end())
        return;
    retire(std::move((*found)->tool));
    m_javaProcesses.erase(found);
}

void PlantUmlConverter::close()
{
    m_busy = nullptr;
    while (!m_javaProcesses.empty())
        endProcess(m_javaProcesses.back().get());
    closeWhenRetired();
}

} // namespace lifeguard
