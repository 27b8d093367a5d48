// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlconverter.h"

#include "core/base/fileversion.h"
#include "core/formats/graphvizoutput.h"
#include "core/formats/plantumlresult.h"
#include "core/worker/plantumljar.h"
#include "core/worker/plantumlpages.h"
#include "core/worker/plantumlprocess.h"
#include "core/worker/privatefolder.h"
#include "core/worker/toolprocess.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

constexpr qsizetype detailLimit = 8000; // bytes of stderr
constexpr milliseconds fileLimit{30'000};

} // namespace

PlantUmlConverter::PlantUmlConverter(QObject *parent)
    : ToolConverter(parent)
    , m_processes([this](std::unique_ptr<ToolProcess> tool) { retire(std::move(tool)); })
{
    connect(&m_processes, &PlantUmlProcesses::drawn, this,
            [this](const PlantUmlProcess *process, const QByteArray &output, const QByteArray &errors) {
                if (process == m_busy && !m_isCancelled)
                    onDrawn(output, errors);
            });
    connect(&m_processes, &PlantUmlProcesses::ended, this, &PlantUmlConverter::onEnded);
}

PlantUmlConverter::~PlantUmlConverter() = default;

QString PlantUmlConverter::rules(const QJsonObject &payload, const ConverterSettings &settings) const
{
    const PlantUmlTools tools = PlantUmlTools::find();
    const QString pages = payload.value(QLatin1String("pages")).toString();
    return QStringList{QStringLiteral("plantuml 2"),
                       fileVersion(tools.java),
                       fileVersion(tools.jar),
                       fileVersion(tools.dot),
                       QStringLiteral("diagram %1").arg(payload.value(QLatin1String("diagram_index")).toInt()),
                       QStringLiteral("pages ") + pages,
                       QStringLiteral("network %1").arg(int(settings.allowNetwork)),
                       QStringLiteral("files ") + settings.allowFiles.join(u':')}
        .join(u'\n');
}

void PlantUmlConverter::startAhead(const QString &workspace, const ConverterSettings &settings)
{
    if (!prepareTools())
        return;
    PlantUmlCommand command;
    command.format = QStringLiteral("png");
    command.workspace = workspace;
    command.folder = workspace;
    command.setsResolution = true;
    command.settings = settings;
    m_processes.processFor(command, m_tools, m_privateFolder->path())->warmUp();
}

void PlantUmlConverter::convert(const Job &job, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isRetry = false;
    m_step = Step::Picture;
    m_outputs.clear();
    m_notes.clear();
    m_files = {};
    const QFileInfo input(job.inputFile);
    m_inputFolder = context.inputFolder.isEmpty() ? context.workspace : context.inputFolder;
    if (const Status chosen = chooseDiagram(job, context); !chosen) {
        finishLater(failure(chosen.error()));
        return;
    }
    m_command = {};
    m_command.format = context.format;
    m_command.workspace = context.workspace;
    m_command.folder = context.workspace;
    m_command.setsResolution = context.format == QLatin1String("png") && acceptsSkinparam(m_diagram);
    m_command.settings = context.settings;
    const PlantUmlReferences references = plantUmlReferences(QString::fromUtf8(m_diagram.text));
    m_command.drawsFormulas = references.hasFormulas;
    if (references.usesFileName)
        m_command.fileName = input.fileName();
    if (references.readsFiles()) {
        m_command.folder = m_inputFolder;
        examineFiles();
    } else {
        m_files.references = references;
        references.mayHavePages ? drawPages() : draw();
    }
}

Status PlantUmlConverter::chooseDiagram(const Job &job, const ConversionContext &context)
{
    const QJsonValue pages = context.payload.value(QLatin1String("pages"));
    m_wantsAllPages = pages.toString() == QLatin1String("all");
    if (!pages.isUndefined() && !pages.isNull() && !m_wantsAllPages)
        return failure(ErrorCode::InvalidArgument, tr("pages must be \"all\"."));
    const QJsonValue number = context.payload.value(QLatin1String("diagram_index"));
    const bool isChosen = !number.isUndefined() && !number.isNull();
    const int index = number.toInt(isChosen ? -1 : 0);
    if (index < 0)
        return failure(ErrorCode::InvalidArgument, tr("diagram_index must be a number, counted from 0."));
    Result<PlantUmlDiagram> diagram = plantUmlDiagram(context.data, index);
    if (!diagram)
        return failure(diagram.error());
    m_diagram = std::move(*diagram);
    // CLX and CLM add one job for a file with several diagrams.
    const QList<int> pageCounts = plantUmlPageCounts(context.data);
    const int diagrams = static_cast<int>(pageCounts.size());
    if (diagrams > 1 && !m_wantsAllPages && !isChosen)
        m_notes.append(tr("The file has %n diagrams; only the first was drawn.", nullptr, diagrams));
    m_pageNames.output = job.outputFile.isEmpty() ? QFileInfo(job.inputFile).completeBaseName()
                                                  : QFileInfo(job.outputFile).fileName();
    m_pageNames.format = context.format;
    m_pageNames.isLaterDiagram = index > 0;
    m_pageNames.reservedPages = diagrams > 1 ? pageCounts.value(index) : 0;
    return {};
}

/// Finds the files that the diagram reads, on a thread of its own: they may be on a share that does not respond.
void PlantUmlConverter::examineFiles()
{
    m_fileThread.run(
        [this, finder = PlantUmlFileFinder(m_inputFolder, m_command.readableFolders(), m_command.settings),
         diagram = m_diagram]() mutable -> FileThread::Continuation {
            return [this, files = finder.find(diagram)] { onExamined(files); };
        },
        fileLimit,
        [this] {
            finish(failure(ErrorCode::TimedOut,
                           tr("The files beside the diagram in %1 could not be read in time.").arg(m_inputFolder)));
        });
}

void PlantUmlConverter::onExamined(const PlantUmlFiles &files)
{
    m_files = files;
    m_command.drawsFormulas = files.references.hasFormulas;
    const PlantUmlReferences &references = files.references;
    // Where the kernel does not restrict files, or PlantUML may read the files of the system, only what can be checked
    // beforehand is allowed.
    const bool isChecked = ToolSandbox::restrictsFiles() && jarHasAllowlist(PlantUmlTools::find().jar);
    if (!files.problem.isEmpty() && (!references.hasConditions || !isChecked)) {
        finish(failure(ErrorCode::ToolFailed, files.problem));
        return;
    }
    if (references.hasComputedNames && !isChecked) {
        finish(failure(
            ErrorCode::ToolFailed,
            tr("The diagram computes names of files, which needs PlantUML 2022 or newer and a Linux kernel with "
               "Landlock. Write the names directly.")));
        return;
    }
    references.mayHavePages ? drawPages() : draw();
}

void PlantUmlConverter::draw()
{
    PlantUmlCommand command = m_command;
    if (m_step == Step::Check) {
        command.format = QStringLiteral("svg");
        command.setsResolution = false;
        command.sizeLimit = PlantUmlCommand::usualLimit;
    }
    // A process that runs already needs no tools: they may just be replaced by a newer version.
    if (!m_processes.contains(command)) {
        if (const Status prepared = prepareTools(); !prepared) {
            finishLater(failure(prepared.error()));
            return;
        }
    }
    m_busy = m_processes.processFor(command, m_tools, m_privateFolder->path());
    m_busy->draw(m_diagram.text);
}

void PlantUmlConverter::drawPages()
{
    m_step = Step::Pages;
    if (const Status prepared = prepareTools(); !prepared) {
        finishLater(failure(prepared.error()));
        return;
    }
    m_pageRun = std::make_unique<PlantUmlPages>(m_command);
    // Queued, because onPages() deletes the object.
    connect(
        m_pageRun.get(), &PlantUmlPages::finished, this,
        [this](const Result<QList<QByteArray>> &pages, const QByteArray &errors) { onPages(pages, errors); },
        Qt::QueuedConnection);
    m_pageRun->start(m_tools, m_privateFolder->path(), m_diagram.text);
}

void PlantUmlConverter::cancel()
{
    if (m_fileThread.isRunning()) {
        m_fileThread.abandon();
        finishLater(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (m_pageRun) {
        m_isCancelled = true;
        m_pageRun->kill();
    } else if (m_busy) {
        m_isCancelled = true;
        m_busy->kill();
    }
}

Status PlantUmlConverter::prepareTools()
{
    m_tools = PlantUmlTools::find();
    if (const QString missing = m_tools.missingMessage(); !missing.isEmpty())
        return failure(ErrorCode::ToolMissing, missing);
    if (m_privateFolder && QFileInfo(m_privateFolder->path()).isDir())
        return {};
    Result<std::unique_ptr<PrivateFolder>> created = PrivateFolder::create(QStringLiteral("lifeguard-plantuml"));
    if (!created)
        return failure(created.error());
    m_privateFolder = std::move(*created);
    return {};
}

void PlantUmlConverter::onDrawn(const QByteArray &output, const QByteArray &errors)
{
    m_busy = nullptr;
    QByteArray picture = output;
    Status checked = checkPlantUmlErrors(errors, m_diagram);
    if (checked && m_diagram.type == QLatin1String("dot"))
        checked = readGraphvizOutput(picture);
    if (checked && picture.trimmed().isEmpty())
        checked = failure(ErrorCode::ToolFailed, tr("PlantUML wrote an empty output."));
    if (checked && (m_step == Step::Check || m_command.format == QLatin1String("svg")))
        checked = checkPlantUmlSvg(picture, m_diagram, m_files.references);
    if (!checked && m_step == Step::Picture && mayRefuseResolution(errors)) {
        PlantUmlCommand command = m_command;
        command.setsResolution = false;
        drawAgain(command);
    } else if (!checked) {
        finish(failure(m_files.problem.isEmpty()
                           ? checked.error()
                           : Error{ErrorCode::ToolFailed, m_files.problem, checked.error().message}));
    } else if (m_step == Step::Check) {
        succeed();
    } else if (m_step == Step::Pages) { // PlantUML could not draw the pages, but could draw the first
        finish(failure(ErrorCode::ToolFailed, tr("PlantUML could not draw all pages of the diagram.")));
    } else {
        m_outputs = {picture};
        checkPicture();
    }
}

/// Removes the messages of Graphviz from a picture, and adds them to the notes.
Status PlantUmlConverter::readGraphvizOutput(QByteArray &output)
{
    if (output.trimmed().isEmpty())
        return {};
    const Result<GraphvizOutput> separated = graphvizOutput(output);
    if (!separated)
        return failure(separated.error());
    output = separated->picture;
    for (const QString &message : separated->messages)
        m_notes.append(tr("Graphviz reports: %1").arg(message));
    if (!output.startsWith('<'))
        return {};
    if (const Status checked = checkGraphvizSvg(output); !checked)
        return checked;
    QStringList missing;
    output = withEmbeddedPictures(output, m_files.pictures, missing);
    for (const QString &name : missing)
        m_notes.append(tr("The picture %1 is not part of the svg, which links to it.").arg(name));
    return {};
}

/// Continues after the output has been drawn.
void PlantUmlConverter::checkPicture()
{
    const bool isPng = m_command.format == QLatin1String("png");
    const bool isCut = isPng && std::any_of(m_outputs.cbegin(), m_outputs.cend(), [this](const QByteArray &output) {
                           return isCutOff(output);
                       });
    if (isCut && m_command.sizeLimit < PlantUmlCommand::largeLimit) {
        PlantUmlCommand command = m_command;
        command.sizeLimit = PlantUmlCommand::largeLimit;
        drawAgain(command);
    } else if (isCut) {
        finish(failure(ErrorCode::ToolFailed,
                       tr("The picture is larger than %1 pixels, and would be cut off. Use the format svg, or divide "
                          "the diagram.")
                           .arg(PlantUmlCommand::largeLimit)));
    } else if (isPng && mayDrawErrors(m_diagram, m_files.references)) {
        m_step = Step::Check;
        draw();
    } else {
        succeed();
    }
}

void PlantUmlConverter::succeed()
{
    Conversion conversion{false, m_outputs.value(0), {}, m_notes, m_files.sources};
    const int pages = static_cast<int>(m_outputs.size());
    for (int page = 1; page < pages && m_wantsAllPages; ++page)
        conversion.further.append({m_pageNames.name(page), m_outputs.at(page)});
    if (pages > 1 && !m_wantsAllPages)
        conversion.notes.append(tr("The diagram has %n pages; only the first was drawn.", nullptr, pages));
    finish(conversion);
}

/// Draws the output again with other options.
void PlantUmlConverter::drawAgain(const PlantUmlCommand &command)
{
    // A process with a larger limit is for this diagram only.
    m_command = command;
    m_step == Step::Pages ? drawPages() : draw();
}

bool PlantUmlConverter::mayRefuseResolution(const QByteArray &errors) const
{
    return m_command.setsResolution && reportedErrorLine(errors) <= 1;
}

bool PlantUmlConverter::isCutOff(const QByteArray &output) const
{
    const QSize size = pngSize(output);
    return std::max(size.width(), size.height()) >= m_command.sizeLimit;
}

void PlantUmlConverter::onPages(const Result<QList<QByteArray>> &drawn, const QByteArray &errors)
{
    if (!m_pageRun)
        return;
    endPages();
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
        return;
    }
    if (!drawn) {
        finish(failure(drawn.error()));
        return;
    }
    const QList<QByteArray> &pages = *drawn;
    // When PlantUML is called on a file, it does not describe the error: draw() reports it.
    if (pages.isEmpty() || !checkPlantUmlErrors(errors, m_diagram)) {
        if (mayRefuseResolution({}) && !hasPlantUmlException(errors)) {
            m_command.setsResolution = false;
            drawPages();
            return;
        }
        draw();
        return;
    }
    if (m_command.format == QLatin1String("svg")) {
        for (const QByteArray &page : pages) {
            if (const Status checked = checkPlantUmlSvg(page, m_diagram, m_files.references); !checked) {
                finish(failure(checked.error()));
                return;
            }
        }
    }
    m_outputs = pages;
    for (QByteArray &page : m_outputs) {
        if (m_diagram.type != QLatin1String("dot"))
            break;
        if (const Status checked = readGraphvizOutput(page); !checked) {
            finish(failure(checked.error()));
            return;
        }
    }
    checkPicture();
}

void PlantUmlConverter::onEnded(PlantUmlProcess *process, const QString &how, bool failedToStart,
                                const QByteArray &errorBytes)
{
    const bool wasBusy = process == m_busy;
    // A process that has drawn other diagrams may have died before it received this one, so a new process is started.
    const bool retries = wasBusy && !m_isCancelled && !m_isRetry && process->mayHaveEndedBefore();
    if (wasBusy)
        m_busy = nullptr;
    m_processes.end(process);
    if (!wasBusy)
        return;
    const QString errors = QString::fromUtf8(errorBytes.right(detailLimit)).trimmed();
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing, PlantUmlTools::startFailure(how)));
    } else if (retries) {
        m_isRetry = true;
        draw();
    } else if (const Status checked = checkPlantUmlErrors(errorBytes, m_diagram); !checked) {
        finish(failure(checked.error())); // an exception that ended PlantUML
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
    m_outputs.clear();
    m_processes.endLarge();
    Q_EMIT finished(result);
}

void PlantUmlConverter::endPages()
{
    if (!m_pageRun)
        return;
    retire(m_pageRun->takeTool());
    m_pageRun->disconnect(this);
    m_pageRun.reset();
}

void PlantUmlConverter::cleanUp()
{
    m_privateFolder.reset();
}

void PlantUmlConverter::close()
{
    m_busy = nullptr;
    m_fileThread.abandon();
    endPages();
    m_processes.endAll();
    closeWhenRetired();
}

} // namespace lifeguard
