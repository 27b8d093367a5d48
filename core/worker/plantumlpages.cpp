// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlpages.h"

#include "core/worker/toolprocess.h"

#include <QDir>
#include <QFile>

#include <utility>

namespace lifeguard {
namespace {

/// Returns the text without the name of the diagram, which PlantUML would use as the path of its output.
QByteArray withoutName(const QByteArray &text)
{
    const qsizetype end = text.indexOf('\n');
    const QByteArray first = text.left(end);
    return first.startsWith("@startuml") ? "@startuml" + text.mid(end) : text;
}

} // namespace

PlantUmlPages::PlantUmlPages(PlantUmlCommand command, QObject *parent)
    : QObject(parent)
    , m_command(std::move(command))
    , m_tool(std::make_unique<ToolProcess>())
{
    connect(m_tool.get(), &ToolProcess::ended, this, [this](const QString &how) { onEnded(how); });
}

PlantUmlPages::~PlantUmlPages()
{
    if (!m_folder.isEmpty())
        QDir(m_folder).removeRecursively();
}

void PlantUmlPages::start(const PlantUmlTools &tools, const QString &ownFolder, const QByteArray &text)
{
    m_folder = ownFolder + QStringLiteral("/pages");
    QDir(m_folder).removeRecursively();
    const QString input = m_folder + QStringLiteral("/diagram.puml");
    QFile file(input);
    if (!QDir().mkpath(m_folder + QStringLiteral("/out")) || !file.open(QIODevice::WriteOnly)
        || file.write(withoutName(text)) < 0 || !file.flush()) {
        const QString reason = file.errorString();
        QMetaObject::invokeMethod(
            this, [this, reason] { Q_EMIT finished({}, reason, {}); }, Qt::QueuedConnection);
        return;
    }
    file.close();
    m_tool->setEnvironment(PlantUmlCommand::environment());
    m_tool->setSandbox(m_command.permissions(tools, ownFolder));
    m_tool->start(tools.java,
                  m_command.arguments(tools, ownFolder)
                      + QStringList{QStringLiteral("-o"), m_folder + QStringLiteral("/out"), input},
                  m_command.folder);
    m_tool->closeInput();
}

void PlantUmlPages::kill()
{
    if (m_tool)
        m_tool->killTree();
}

std::unique_ptr<ToolProcess> PlantUmlPages::takeTool()
{
    if (m_tool)
        m_tool->disconnect(this);
    return std::move(m_tool);
}

void PlantUmlPages::onEnded(const QString &how)
{
    const QByteArray errors = m_tool->takeErrors();
    QList<QByteArray> pages;
    // The names are diagram.svg, diagram_001.svg, …
    const QDir out(m_folder + QStringLiteral("/out"));
    for (const QString &name : out.entryList({QStringLiteral("*.") + m_command.format}, QDir::Files, QDir::Name)) {
        QFile file(out.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            pages.append(file.readAll());
    }
    if (how != QLatin1String("exit code 0"))
        pages.clear();
    Q_EMIT finished(pages, how, errors);
}

} // namespace lifeguard
