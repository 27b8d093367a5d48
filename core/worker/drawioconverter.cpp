// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/drawioconverter.h"

#include "core/formats/drawiofile.h"
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

constexpr auto closeLimit = 5s; ///< for the wrapper to end its browser and to remove the profile

/// What a drawio command said that a user can use: its "Error: …", else its last line. path: the input's, which says nothing.
QString wordsOf(const QString &text, const QString &path)
{
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    QString words;
    for (const QString &line : lines) {
        if (line.startsWith(QLatin1String("Error")))
            words = line;
    }
    if (words.isEmpty() && !lines.isEmpty())
        words = lines.constLast();
    words = words.trimmed();
    while (words.startsWith(QLatin1String("Error: ")))
        words.remove(0, 7);
    if (words.endsWith(QStringLiteral(": ") + path))
        words.chop(path.size() + 2);
    return words.left(500);
}

} // namespace

DrawioConverter::DrawioConverter(QObject *parent)
    : ToolConverter(parent)
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
    m_isSecondTry = false;
    m_format = context.format;
    m_target = context.outputFile;
    if (const Status prepared = prepare(context); !prepared) {
        finishSoon(failure(prepared.error()));
        return;
    }
    begin();
}

Status DrawioConverter::prepare(const ConversionContext &context)
{
    const Result<int> pages = drawioPages(context.data);
    if (!pages)
        return failure(pages.error());
    const QJsonValue page = context.payload.value(QLatin1String("page_index"));
    m_pageIndex = page.toInt(page.isUndefined() || page.isNull() ? 0 : -1);
    if (m_pageIndex < 0)
        return failure(ErrorCode::InvalidArgument, tr("page_index is no number from 0 upwards."));
    if (m_pageIndex >= *pages)
        return failure(ErrorCode::InvalidArgument, tr("There is no page with the index %1: the drawing has %2, counted from 0.")
                                                       .arg(m_pageIndex)
                                                       .arg(*pages == 1 ? tr("1 page") : tr("%1 pages").arg(*pages)));
    const DrawioTools tools = DrawioTools::find();
    if (const QString missing = tools.missing(); !missing.isEmpty())
        return failure(ErrorCode::ToolMissing, missing);
    if (m_tool && tools.command != m_tools.command)
        retire(std::move(m_tool));
    m_tools = tools;
    if (const Status made = makeFolder(); !made)
        return made;
    m_input = inFolder(QStringLiteral("drawing.drawio"));
    m_output = inFolder(QStringLiteral("drawing.") + m_format);
    QFile::remove(m_output);
    const bool isCut = !m_tools.isOurs && !page.isUndefined() && *pages > 1;
    return writeOutput(m_input, isCut ? drawioWithOnePage(context.data, m_pageIndex) : context.data);
}

Status DrawioConverter::makeFolder()
{
    if (m_folder && QDir(m_folder->path()).exists())
        return {};
    Result<std::unique_ptr<PrivateFolder>> made = PrivateFolder::make(QStringLiteral("lifeguard-drawio"));
    if (!made)
        return failure(made.error());
    m_folder = std::move(*made);
    return {};
}

QString DrawioConverter::inFolder(const QString &name) const
{
    return m_folder->path() + u'/' + name;
}

QStringList DrawioConverter::arguments() const
{
    QStringList arguments{QStringLiteral("--no-sandbox"), QStringLiteral("--export"), m_input, QStringLiteral("--format"), m_format,
                          QStringLiteral("--output"), m_output, QStringLiteral("--border"), QStringLiteral("20")};
    if (m_format == QLatin1String("png"))
        arguments += {QStringLiteral("--scale"), QStringLiteral("3")};
    else if (m_format == QLatin1String("svg"))
        arguments += QStringLiteral("--embed-svg-images");
    if (m_tools.isOurs && m_pageIndex > 0)
        arguments += {QStringLiteral("--page-index"), QString::number(m_pageIndex)};
    return arguments;
}

void DrawioConverter::begin()
{
    m_isBusy = true;
    m_answer.clear();
    if (!m_tools.isOurs) {
        startTool(arguments());
        return;
    }
    if (!m_tool)
        startTool({QStringLiteral("--serve"), QStringLiteral("--temporary"), m_folder->path()});
    else
        (void)m_tool->takeErrors(); // what it said between jobs is not this one's
    m_tool->write(QJsonDocument(QJsonArray::fromStringList(arguments())).toJson(QJsonDocument::Compact) + '\n');
}

void DrawioConverter::startTool(const QStringList &arguments)
{
    m_served = 0;
    m_tool = std::make_unique<ToolProcess>();
    connect(m_tool.get(), &ToolProcess::outputRead, this, &DrawioConverter::onOutput);
    // Queued: the tool is deleted there.
    connect(m_tool.get(), &ToolProcess::ended, this, [this, tool = m_tool.get()](const QString &how, bool failedToStart) {
        if (m_tool.get() == tool)
            onEnded(how, failedToStart);
    }, Qt::QueuedConnection);
    m_tool->start(m_tools.command, arguments, m_folder->path());
}

void DrawioConverter::onOutput(const QByteArray &bytes)
{
    if (!m_isBusy || m_isCancelled || !m_tools.isOurs)
        return;
    m_answer += bytes;
    if (!m_answer.endsWith('\n'))
        return;
    ++m_served;
    const QJsonObject answer = QJsonDocument::fromJson(m_answer).object();
    judge(answer.value(QLatin1String("code")).toInt(-1) == 0 ? QString() : tr("exit code %1").arg(answer.value(QLatin1String("code")).toInt(-1)),
          answer.value(QLatin1String("err")).toString());
}

void DrawioConverter::onEnded(const QString &how, bool failedToStart)
{
    const QString words = QString::fromUtf8(m_tool->takeErrors().right(8000)).trimmed();
    const bool wasOurs = m_tools.isOurs;
    m_tool.reset();
    if (m_isClosing) {
        m_closeLimit.stop();
        closeWhenRetired();
        return;
    }
    // Killed, it had no time to remove its profile.
    if (m_folder && (m_isCancelled || wasOurs)) {
        const QStringList left = QDir(m_folder->path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString &name : left)
            QDir(inFolder(name)).removeRecursively();
    }
    if (!m_isBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing, tr("%1 cannot be started: %2").arg(m_tools.command, how)));
    } else if (wasOurs && m_served > 0 && !m_isSecondTry) {
        m_isSecondTry = true; // it may have died before it got this drawing
        begin();
    } else if (wasOurs) {
        const QString said = wordsOf(words, m_input);
        finish(failure(ErrorCode::ToolFailed, said.isEmpty() ? tr("draw.io ended unexpectedly: %1").arg(how) : tr("draw.io ended unexpectedly: %1 (%2)").arg(how, said), words));
    } else {
        judge(how == tr("exit code %1").arg(0) ? QString() : how, words);
    }
}

void DrawioConverter::judge(const QString &how, const QString &words)
{
    // The desktop's own exit code is 0 even where it failed: the output tells.
    const QString said = wordsOf(words, m_input);
    QFile file(m_output);
    if (!how.isEmpty() || !file.open(QIODevice::ReadOnly)) {
        if (m_tools.isOurs && !said.isEmpty())
            finish(failure(ErrorCode::ToolFailed, said, words));
        else if (!how.isEmpty())
            finish(failure(ErrorCode::ToolFailed, said.isEmpty() ? tr("draw.io failed: %1").arg(how) : tr("draw.io failed: %1 (%2)").arg(said, how), words));
        else
            finish(failure(ErrorCode::ToolFailed, said.isEmpty() ? tr("draw.io made no output, and did not say why.") : tr("draw.io made no output: %1").arg(said), words));
        return;
    }
    const QByteArray output = file.readAll();
    file.close();
    QFile::remove(m_output);
    if (Status checked = checkDrawioOutput(output, m_format); !checked) {
        checked.error().detail = words;
        finish(failure(checked.error()));
        return;
    }
    if (const Status written = writeOutput(m_target, output); !written) {
        finish(failure(written.error()));
        return;
    }
    finish(Conversion{true});
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
    // Our wrapper ends by itself with its input, and cleans up; another one has no reason to.
    if (m_tool && m_tools.isOurs) {
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
