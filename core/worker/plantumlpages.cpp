// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlpages.h"

#include "core/worker/toolprocess.h"

#include <QDir>
#include <QFile>
#include <QMap>
#include <QRegularExpression>

#include <utility>

namespace lifeguard {
namespace {

constexpr qint64 largestTotal = 400'000'000; // bytes

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
    connect(m_tool.get(), &ToolProcess::ended, this, &PlantUmlPages::onEnded);
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
        const Error error{ErrorCode::ToolFailed,
                          tr("The diagram cannot be written to %1: %2.").arg(input, file.errorString()),
                          {}};
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT finished(failure(error), {}); }, Qt::QueuedConnection);
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

void PlantUmlPages::onEnded(const QString &how, bool failedToStart)
{
    const QByteArray errors = m_tool->takeErrors();
    Result<QList<QByteArray>> pages{QList<QByteArray>()};
    if (failedToStart)
        pages = failure(ErrorCode::ToolMissing, PlantUmlTools::startFailure(how));
    else if (how == QLatin1String("exit code 0"))
        pages = readPages();
    else if (!how.startsWith(QLatin1String("exit code")))
        pages = failure(ErrorCode::ToolFailed, tr("PlantUML ended unexpectedly (%1).").arg(how),
                        QString::fromUtf8(errors).trimmed());
    Q_EMIT finished(pages, errors);
}

/// The names are diagram.svg, diagram_001.svg, … diagram_1000.svg.
Result<QList<QByteArray>> PlantUmlPages::readPages() const
{
    static const QRegularExpression number(QStringLiteral("_(\\d+)\\.[^.]+$"));
    const QDir out(m_folder + QStringLiteral("/out"));
    QMap<int, QString> names;
    for (const QString &name : out.entryList({QStringLiteral("*.") + m_command.format}, QDir::Files))
        names.insert(number.match(name).captured(1).toInt(), name);
    QList<QByteArray> pages;
    qint64 total = 0;
    for (const QString &name : std::as_const(names)) {
        QFile file(out.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return failure(ErrorCode::ToolFailed,
                           tr("A picture that PlantUML has drawn cannot be read: %1.").arg(file.errorString()));
        total += file.size();
        if (total > largestTotal)
            return failure(ErrorCode::ToolFailed,
                           tr("The pages of the diagram are larger than %1 MB. Divide the diagram.")
                               .arg(largestTotal / 1'000'000));
        pages.append(file.readAll());
        if (pages.last().size() != file.size())
            return failure(ErrorCode::ToolFailed,
                           tr("A picture that PlantUML has drawn cannot be read: %1.").arg(file.errorString()));
    }
    return pages;
}

} // namespace lifeguard
