// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlconverter.h"

#include "core/worker/jobfiles.h"
#include "core/tools/plantumltools.h"
#include "core/worker/toolprocess.h"

#include <QFileInfo>
#include <QUuid>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr std::size_t maxMachines = 2; ///< a Java machine takes some 100 MB

} // namespace

PlantUmlConverter::PlantUmlConverter(QObject *parent)
    : ToolConverter(parent)
{
}

PlantUmlConverter::~PlantUmlConverter() = default;

void PlantUmlConverter::convert(const Job &job, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isSecondTry = false;
    m_format = context.format;
    m_outputFile = context.outputFile;
    Result<PlantUmlDiagram> diagram = plantUmlDiagram(context.data, context.payload.value(QLatin1String("diagram_index")).toInt());
    if (!diagram) {
        finishSoon(failure(diagram.error()));
        return;
    }
    m_diagram = std::move(*diagram);
    // Relative includes are looked for in the folder the Java machine runs in.
    const QString inputFolder = QFileInfo(job.inputFile).absolutePath();
    m_folder = m_diagram.hasIncludes && QFileInfo(inputFolder).isDir() ? inputFolder : context.workspace;
    begin();
}

void PlantUmlConverter::begin()
{
    const Result<Machine *> machine = machineFor(m_format, m_folder);
    if (!machine) {
        finishSoon(failure(machine.error()));
        return;
    }
    m_busy = *machine;
    m_busy->output.clear();
    // What it said between jobs is not this one's; but a fresh one may have failed already, and said why.
    if (m_busy->served > 0)
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

Result<PlantUmlConverter::Machine *> PlantUmlConverter::machineFor(const QString &format, const QString &folder)
{
    const auto found = std::find_if(m_machines.begin(), m_machines.end(), [&](const auto &machine) {
        return machine->format == format && machine->folder == folder;
    });
    if (found != m_machines.end()) {
        std::rotate(found, found + 1, m_machines.end());
        return m_machines.back().get();
    }
    const PlantUmlTools tools = PlantUmlTools::find();
    if (const QString missing = tools.missing(); !missing.isEmpty())
        return failure(ErrorCode::ToolMissing, missing);
    while (m_machines.size() >= maxMachines)
        forget(m_machines.front().get());

    auto machine = std::make_unique<Machine>();
    machine->format = format;
    machine->folder = folder;
    machine->mark = "lifeguard-" + QUuid::createUuid().toByteArray(QUuid::Id128);
    machine->tool = std::make_unique<ToolProcess>();
    Machine *const it = machine.get();
    connect(it->tool.get(), &ToolProcess::outputRead, this, [this, it](const QByteArray &bytes) { onOutput(it, bytes); });
    // Queued: the tool is deleted there.
    connect(it->tool.get(), &ToolProcess::ended, this, [this, it, tool = it->tool.get()](const QString &how, bool failedToStart) {
        const bool known = std::any_of(m_machines.cbegin(), m_machines.cend(), [&](const auto &m) { return m.get() == it && m->tool.get() == tool; });
        if (known)
            onEnded(it, how, failedToStart);
    }, Qt::QueuedConnection);
    QStringList arguments{QStringLiteral("-Djava.awt.headless=true"), QStringLiteral("-DPLANTUML_LIMIT_SIZE=8192"),
                          QStringLiteral("-jar"), tools.jar, QStringLiteral("-t") + format};
    // Java asks /etc/passwd. A user that is not in it, as in containers, would be given the folder "?", below the workspace.
    if (const QString home = qEnvironmentVariable("HOME"); !home.isEmpty())
        arguments.prepend(QStringLiteral("-Duser.home=") + home);
    if (format == QLatin1String("png"))
        arguments.append(QStringLiteral("-Sdpi=200"));
    arguments += {QStringLiteral("-charset"), QStringLiteral("UTF-8"), QStringLiteral("-pipe"), QStringLiteral("-pipedelimitor"),
                  QString::fromLatin1(machine->mark)};
    it->tool->start(tools.java, arguments, folder);
    m_machines.push_back(std::move(machine));
    return it;
}

void PlantUmlConverter::onOutput(Machine *machine, const QByteArray &bytes)
{
    if (machine != m_busy || m_isCancelled)
        return;
    // Only the new bytes, and as many before them as the mark may reach back, can hold it.
    const qsizetype from = std::max<qsizetype>(0, machine->output.size() - machine->mark.size());
    machine->output += bytes;
    const qsizetype end = machine->output.indexOf(machine->mark, from);
    if (end < 0)
        return;
    machine->output.truncate(end);
    ++machine->served;
    if (const Status verdict = plantUmlVerdict(machine->tool->takeErrors(), m_diagram); !verdict) {
        finish(failure(verdict.error()));
        return;
    }
    if (machine->output.trimmed().isEmpty()) {
        finish(failure(ErrorCode::ToolFailed, tr("PlantUML made an empty output.")));
        return;
    }
    // An unknown @start… ends in a picture that says so; only in SVG its words can be read.
    if (machine->format == QLatin1String("svg") && machine->output.size() < 4000 && machine->output.contains(">No @startuml/@enduml found<")) {
        finish(failure(ErrorCode::ToolFailed, tr("line %1: this version of PlantUML does not know this kind of diagram: %2")
                                                  .arg(m_diagram.firstLine)
                                                  .arg(QString::fromUtf8(m_diagram.text.left(m_diagram.text.indexOf('\n'))))));
        return;
    }
    if (const Status written = writeOutput(m_outputFile, machine->output); !written) {
        finish(failure(written.error()));
        return;
    }
    finish(Conversion{true});
}

void PlantUmlConverter::onEnded(Machine *machine, const QString &how, bool failedToStart)
{
    const QString errors = QString::fromUtf8(machine->tool->takeErrors().right(8000)).trimmed();
    const bool wasBusy = machine == m_busy;
    // One that had served others may have died before it got this diagram: then a fresh one is asked.
    const bool askAgain = wasBusy && !m_isCancelled && !m_isSecondTry && machine->served > 0 && machine->output.isEmpty();
    if (wasBusy)
        m_busy = nullptr;
    forget(machine);
    if (!wasBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing, tr("Java cannot be started (%1): apt install plantuml graphviz").arg(how)));
    } else if (askAgain) {
        m_isSecondTry = true;
        begin();
    } else {
        const QString words = errors.section(u'\n', 0, 0);
        finish(failure(ErrorCode::ToolFailed,
                       words.isEmpty() ? tr("PlantUML ended unexpectedly: %1").arg(how) : tr("PlantUML ended unexpectedly: %1 (%2)").arg(how, words), errors));
    }
}

void PlantUmlConverter::finish(const Result<Conversion> &result)
{
    m_busy = nullptr;
    Q_EMIT finished(result);
}

void PlantUmlConverter::forget(Machine *machine)
{
    const auto found = std::find_if(m_machines.begin(), m_machines.end(), [machine](const auto &m) { return m.get() == machine; });
    if (found == m_machines.end())
        return;
    retire(std::move((*found)->tool));
    m_machines.erase(found);
}

void PlantUmlConverter::close()
{
    m_busy = nullptr;
    while (!m_machines.empty())
        forget(m_machines.back().get());
    closeWhenRetired();
}

} // namespace lifeguard
