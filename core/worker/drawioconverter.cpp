// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/drawioconverter.h"

#include "core/formats/drawioembedding.h"
#include "core/formats/drawiofile.h"
#include "core/worker/drawionotes.h"
#include "core/worker/jobfiles.h"
#include "core/worker/privatefolder.h"
#include "core/worker/toolprocess.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <chrono>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr auto closeLimit = 5s; // time for the wrapper to end its browser and to remove the profile
constexpr qsizetype detailLimit = 8000; // bytes of stderr
constexpr qsizetype reasonLimit = 500; // characters
/// Increase it when outputs change for another reason than a change of the tools.
constexpr int rulesVersion = 1;

/// Returns the reason for a failure from the stderr of a drawio command: the last line with "Error: …", else the last
/// line. path: of the input; it is removed from the reason because it is a temporary file.
QString failureReason(const QString &text, const QString &path)
{
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    QString reason;
    for (const QString &line : lines) {
        if (line.startsWith(QLatin1String("Error")))
            reason = line;
    }
    if (reason.isEmpty() && !lines.isEmpty())
        reason = lines.constLast();
    reason = reason.trimmed();
    while (reason.startsWith(QLatin1String("Error: ")))
        reason.remove(0, 7);
    if (reason.endsWith(QStringLiteral(": ") + path))
        reason.chop(path.size() + 2);
    return reason.left(reasonLimit);
}

} // namespace

DrawioConverter::DrawioConverter(QObject *parent) : ToolConverter(parent)
{
    m_closeLimit.setSingleShot(true);
    m_closeLimit.setInterval(closeLimit);
    connect(&m_closeLimit, &QTimer::timeout, this, [this] {
        if (m_tool)
            m_tool->killTree();
    });
}

DrawioConverter::~DrawioConverter() = default;

void DrawioConverter::convert(const Job &, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isRetry = false;
    m_format = context.format;
    if (const Status prepared = prepare(context); !prepared) {
        finishLater(failure(prepared.error()));
        return;
    }
    sendJob();
}

QString DrawioConverter::rules(const QJsonObject &payload, const ConverterSettings &settings) const
{
    QJsonObject rules{{QStringLiteral("version"), rulesVersion},
                      {QStringLiteral("tools"), DrawioTools::find().identity()}};
    for (const QString &key : {QStringLiteral("page_index"), QStringLiteral("pages")}) {
        if (payload.contains(key))
            rules.insert(key, payload.value(key));
    }
    if (settings.allowNetwork)
        rules.insert(QStringLiteral("allow_network"), true);
    if (!settings.allowFiles.isEmpty())
        rules.insert(QStringLiteral("allow_files"), QJsonArray::fromStringList(settings.allowFiles));
    return QString::fromUtf8(QJsonDocument(rules).toJson(QJsonDocument::Compact));
}

Status DrawioConverter::prepare(const ConversionContext &context)
{
    const Result<QByteArray> drawing = extractDrawio(context.data);
    if (!drawing)
        return failure(drawing.error());
    const Result<QStringList> pages = drawioPageNames(*drawing);
    if (!pages)
        return failure(pages.error());
    const int count = int(pages->size());
    if (const Status chosen = choosePages(context.payload, count); !chosen)
        return failure(chosen.error());
    m_permissions = QStringList{QStringLiteral("--allow-folder"), context.workspace};
    for (const QString &folder : context.settings.allowFiles)
        m_permissions += {QStringLiteral("--allow-folder"), folder};
    if (context.settings.allowNetwork)
        m_permissions += QStringLiteral("--allow-network");
    const DrawioTools tools = DrawioTools::find();
    if (const QString missing = tools.missingMessage(); !missing.isEmpty())
        return failure(ErrorCode::ToolMissing, missing);
    if (m_tool && tools.command != m_tools.command)
        retire(std::move(m_tool));
    m_tools = tools;
    if (const Status created = createFolder(); !created)
        return failure(created.error());
    return writeInput(*drawing, count, context.payload);
}

Status DrawioConverter::choosePages(const QJsonObject &payload, int count)
{
    m_notes.clear();
    const QJsonValue pages = payload.value(QLatin1String("pages"));
    m_drawsAllPages = pages.toString() == QLatin1String("all");
    if (!pages.isUndefined() && !pages.isNull() && !m_drawsAllPages)
        return failure(ErrorCode::InvalidArgument, tr("pages must be \"all\"."));
    if (m_drawsAllPages && m_format != QLatin1String("pdf"))
        return failure(ErrorCode::InvalidArgument,
                       tr("Only a PDF can contain all pages. Add one job for each page, with page_index."));
    const QJsonValue page = payload.value(QLatin1String("page_index"));
    const bool isChosen = !page.isUndefined() && !page.isNull();
    if (m_drawsAllPages && isChosen)
        return failure(ErrorCode::InvalidArgument, tr("page_index and pages cannot be combined."));
    m_pageIndex = page.toInt(isChosen ? -1 : 0);
    if (m_pageIndex < 0)
        return failure(ErrorCode::InvalidArgument, tr("page_index must be a number, counted from 0."));
    if (m_pageIndex >= count)
        return failure(
            ErrorCode::InvalidArgument,
            tr("There is no page with the index %1, counted from 0. Number of pages: %2.").arg(m_pageIndex).arg(count));
    if (!isChosen && !m_drawsAllPages && count > 1)
        m_notes.append(undrawnPagesNote(count));
    return {};
}

Status DrawioConverter::writeInput(const QByteArray &drawing, int pages, const QJsonObject &payload)
{
    m_input = pathInFolder(QStringLiteral("drawing.drawio"));
    m_output = pathInFolder(QStringLiteral("drawing.") + m_format);
    QFile::remove(m_output);
    const bool extractsPage = !m_tools.isWrapper && payload.contains(QLatin1String("page_index")) && pages > 1;
    return writeOutput(m_input, extractsPage ? drawioWithOnePage(drawing, m_pageIndex) : drawing);
}

Status DrawioConverter::createFolder()
{
    if (m_folder && QDir(m_folder->path()).exists())
        return {};
    Result<std::unique_ptr<PrivateFolder>> created = PrivateFolder::create(QStringLiteral("lifeguard-drawio"));
    if (!created)
        return failure(created.error());
    m_folder = std::move(*created);
    return {};
}

QString DrawioConverter::pathInFolder(const QString &name) const
{
    return m_folder->path() + u'/' + name;
}

QStringList DrawioConverter::arguments() const
{
    QStringList arguments{QStringLiteral("--no-sandbox"),
                          QStringLiteral("--export"),
                          m_input,
                          QStringLiteral("--format"),
                          m_format,
                          QStringLiteral("--output"),
                          m_output,
                          QStringLiteral("--border"),
                          QStringLiteral("20")};
    if (m_format == QLatin1String("png"))
        arguments += {QStringLiteral("--scale"), QStringLiteral("3")};
    else if (m_format == QLatin1String("svg"))
        arguments += QStringLiteral("--embed-svg-images");
    if (m_drawsAllPages)
        arguments += QStringLiteral("--all-pages");
    if (m_tools.isWrapper && m_pageIndex > 0)
        arguments += {QStringLiteral("--page-index"), QString::number(m_pageIndex)};
    if (m_tools.isWrapper)
        arguments += m_permissions;
    return arguments;
}

void DrawioConverter::sendJob()
{
    m_isBusy = true;
    m_answer.clear();
    m_facts = {};
    if (!m_tools.isWrapper) {
        startTool(arguments());
        return;
    }
    if (!m_tool)
        startTool({QStringLiteral("--serve"), QStringLiteral("--temporary"), m_folder->path()});
    else
        (void)m_tool->takeErrors(); // ignore what was written between two jobs
    m_tool->write(QJsonDocument(QJsonArray::fromStringList(arguments())).toJson(QJsonDocument::Compact) + '\n');
}

void DrawioConverter::startTool(const QStringList &arguments)
{
    m_completedJobs = 0;
    m_tool = std::make_unique<ToolProcess>();
    connect(m_tool.get(), &ToolProcess::outputRead, this, &DrawioConverter::onOutput);
    // Queued, because onEnded() deletes the tool.
    connect(
        m_tool.get(), &ToolProcess::ended, this,
        [this, tool = m_tool.get()](const QString &how, bool failedToStart) {
            if (m_tool.get() == tool)
                onEnded(how, failedToStart);
        },
        Qt::QueuedConnection);
    m_tool->start(m_tools.command, arguments, m_folder->path());
}

void DrawioConverter::onOutput(const QByteArray &bytes)
{
    if (!m_isBusy || m_isCancelled || !m_tools.isWrapper)
        return;
    m_answer += bytes;
    if (!m_answer.endsWith('\n'))
        return;
    ++m_completedJobs;
    const QJsonObject answer = QJsonDocument::fromJson(m_answer).object();
    m_facts = answer.value(QLatin1String("facts")).toObject();
    const int code = answer.value(QLatin1String("code")).toInt(-1);
    finishFromOutput(code == 0 ? QString() : tr("exit code %1").arg(code),
                     answer.value(QLatin1String("err")).toString());
}

void DrawioConverter::onEnded(const QString &how, bool failedToStart)
{
    const QString errors = QString::fromUtf8(m_tool->takeErrors().right(detailLimit)).trimmed();
    const bool wasOurs = m_tools.isWrapper;
    m_tool.reset();
    if (m_isClosing) {
        m_closeLimit.stop();
        closeWhenRetired();
        return;
    }
    // A killed wrapper could not remove the profile of its browser.
    if (m_folder && (m_isCancelled || wasOurs)) {
        const QStringList profiles = QDir(m_folder->path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString &name : profiles)
            QDir(pathInFolder(name)).removeRecursively();
    }
    if (!m_isBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing, tr("%1 cannot be started: %2.").arg(m_tools.command, how)));
    } else if (wasOurs && m_completedJobs > 0 && !m_isRetry) {
        m_isRetry = true; // the wrapper may have died before it received this drawing, so a new one is started
        sendJob();
    } else if (wasOurs) {
        const QString reason = failureReason(errors, m_input);
        finish(failure(ErrorCode::ToolFailed,
                       reason.isEmpty() ? tr("draw.io ended unexpectedly (%1).").arg(how)
                                        : tr("draw.io ended unexpectedly (%1): %2").arg(how, reason),
                       errors));
    } else {
        finishFromOutput(how == tr("exit code %1").arg(0) ? QString() : how, errors);
    }
}

void DrawioConverter::finishFromOutput(const QString &how, const QString &errors)
{
    // The desktop program exits with 0 even after a failure, so the output decides.
    const QString reason = failureReason(errors, m_input);
    QFile file(m_output);
    if (!how.isEmpty() || !file.open(QIODevice::ReadOnly)) {
        QString message;
        if (m_tools.isWrapper && !reason.isEmpty())
            message = reason;
        else if (!how.isEmpty())
            message = reason.isEmpty() ? tr("draw.io failed (%1).").arg(how)
                                       : tr("draw.io failed (%1): %2").arg(how, reason);
        else
            message = reason.isEmpty() ? tr("draw.io wrote no output and reported no error.")
                                       : tr("draw.io wrote no output: %1").arg(reason);
        finish(failure(ErrorCode::ToolFailed, message, errors));
        return;
    }
    const QByteArray output = file.readAll();
    file.close();
    QFile::remove(m_output);
    if (Status checked = checkDrawioOutput(output, m_format); !checked) {
        checked.error().detail = errors;
        finish(failure(checked.error()));
        return;
    }
    Conversion conversion{false, output};
    conversion.notes = m_notes + drawioNotes(m_facts);
    conversion.sources = m_facts.value(QLatin1String("files")).toVariant().toStringList();
    finish(conversion);
}

void DrawioConverter::cancel()
{
    if (!m_isBusy || !m_tool)
        return;
    m_isCancelled = true;
    m_tool->killTree();
}

void DrawioConverter::close()
{
    m_isClosing = true;
    m_isBusy = false;
    // The wrapper cleans up and ends when its stdin is closed; other commands do not read stdin.
    if (m_tool && m_tools.isWrapper) {
        m_tool->closeInput();
        m_closeLimit.start();
        return;
    }
    retire(std::move(m_tool));
    closeWhenRetired();
}

void DrawioConverter::cleanUp()
{
    m_folder.reset();
}

void DrawioConverter::finish(const Result<Conversion> &result)
{
    m_isBusy = false;
    if (!m_input.isEmpty())
        QFile::remove(m_input);
    Q_EMIT finished(result);
}

} // namespace lifeguard
