// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlprocess.h"

#include "core/worker/toolprocess.h"

#include <QUuid>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

/// Uses the parts of Java and PlantUML that most diagrams use, and Graphviz.
const QByteArray warmUpDiagram =
    "@startuml\ntitle Warm\nclass A {\n  -b : int\n  +c() : int\n}\ninterface D\nA <|-- E : "
    "uses\nA ..> D\n@enduml\n";

} // namespace

PlantUmlProcess::PlantUmlProcess(PlantUmlCommand command, QObject *parent)
    : QObject(parent)
    , m_command(std::move(command))
    , m_delimiter("lifeguard-" + QUuid::createUuid().toByteArray(QUuid::Id128))
    , m_tool(std::make_unique<ToolProcess>())
{
    connect(m_tool.get(), &ToolProcess::outputRead, this, &PlantUmlProcess::onOutput);
    connect(m_tool.get(), &ToolProcess::ended, this,
            [this](const QString &how, bool failedToStart) { Q_EMIT ended(how, failedToStart, m_tool->takeErrors()); });
}

PlantUmlProcess::~PlantUmlProcess() = default;

void PlantUmlProcess::start(const PlantUmlTools &tools, const QString &ownFolder)
{
    m_tool->setEnvironment(PlantUmlCommand::environment());
    m_tool->setSandbox(m_command.permissions(tools, ownFolder));
    m_tool->start(tools.java,
                  m_command.arguments(tools, ownFolder)
                      + QStringList{QStringLiteral("-pipe"), QStringLiteral("-pipedelimitor"),
                                    QString::fromLatin1(m_delimiter)},
                  m_command.folder);
}

void PlantUmlProcess::warmUp()
{
    Q_ASSERT(!m_isDrawing && m_completed == 0 && m_tool);
    m_isWarmingUp = true;
    m_tool->write(warmUpDiagram);
}

void PlantUmlProcess::draw(const QByteArray &text)
{
    Q_ASSERT(!m_isDrawing && m_tool);
    m_isDrawing = true;
    // PlantUML would begin at once, and what it writes to stderr could belong to either diagram.
    if (m_isWarmingUp)
        m_waiting = text;
    else
        send(text);
}

void PlantUmlProcess::send(const QByteArray &text)
{
    m_output.clear();
    // Discard text that was written to stderr between two diagrams. A new process may have failed already: keep its
    // message.
    if (m_completed > 0)
        (void)m_tool->takeErrors();
    m_tool->write(text);
}

void PlantUmlProcess::kill()
{
    if (m_tool)
        m_tool->killTree();
}

std::unique_ptr<ToolProcess> PlantUmlProcess::takeTool()
{
    if (m_tool)
        m_tool->disconnect(this);
    return std::move(m_tool);
}

void PlantUmlProcess::onOutput(const QByteArray &bytes)
{
    if (!m_isDrawing && !m_isWarmingUp)
        return;
    // The delimiter can only be in the new bytes and, partly, in the bytes just before them.
    const qsizetype from = std::max<qsizetype>(0, m_output.size() - m_delimiter.size());
    // The line end after the previous delimiter may arrive late. No picture begins with one.
    m_output += m_output.isEmpty() && bytes.startsWith('\n') ? bytes.mid(1) : bytes;
    const qsizetype end = m_output.indexOf(m_delimiter, from);
    if (end < 0)
        return;
    if (m_isWarmingUp) {
        onWarm();
        return;
    }
    m_output.truncate(end);
    m_isDrawing = false;
    ++m_completed;
    Q_EMIT drawn(std::exchange(m_output, {}), m_tool->takeErrors());
}

void PlantUmlProcess::onWarm()
{
    m_isWarmingUp = false;
    m_output.clear();
    (void)m_tool->takeErrors();
    if (m_isDrawing)
        send(std::exchange(m_waiting, {}));
}

} // namespace lifeguard
