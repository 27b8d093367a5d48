// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobdetail.h"

#include "core/base/futurecallbacks.h"
#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/models/jobcells.h"
#include "ui/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QTextBrowser>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace lifeguard {

namespace {

constexpr qsizetype readAtOnce = 64 * 1024; ///< bytes of a payload; more are read on another thread
constexpr qsizetype charactersShown = 100'000; ///< of a payload, folded; the window would lay out more for seconds

QString cut(const QString &text)
{
    if (text.size() <= charactersShown) {
        return text;
    }
    return JobDetail::tr("%1\n… (the first %2 of %3 characters; Copy payload takes all that is stored)")
        .arg(text.left(charactersShown), format::count(charactersShown), format::count(text.size()));
}

QJsonValue folded(const QJsonValue &value)
{
    constexpr qsizetype shownAtMost = 400;
    constexpr qsizetype linesAtMost = 8;
    if (value.isString()) {
        const QString text = value.toString();
        const qsizetype lines = text.count(QLatin1Char('\n')) + 1;
        if (text.size() <= shownAtMost && lines <= linesAtMost) {
            return value;
        }
        const QString begin = text.left(shownAtMost).section(QLatin1Char('\n'), 0, linesAtMost - 1);
        return JobDetail::tr("%1 … (%2 characters, %3 lines)").arg(begin, format::count(text.size()), format::count(lines));
    }
    if (value.isObject()) {
        QJsonObject object = value.toObject();
        for (auto member = object.begin(); member != object.end(); ++member) {
            *member = folded(member.value());
        }
        return object;
    }
    if (value.isArray()) {
        QJsonArray array = value.toArray();
        for (auto item = array.begin(); item != array.end(); ++item) {
            *item = folded(*item);
        }
        return array;
    }
    return value;
}

} // namespace

QString readPayload(const QByteArray &payload)
{
    const QJsonDocument document = QJsonDocument::fromJson(payload);
    if (document.isNull()) {
        return cut(QString::fromUtf8(payload));
    }
    const QJsonValue value = document.isObject() ? QJsonValue(document.object()) : QJsonValue(document.array());
    const QJsonValue shown = folded(value);
    QString text = QString::fromUtf8((shown.isObject() ? QJsonDocument(shown.toObject()) : QJsonDocument(shown.toArray())).toJson());
    // Line breaks inside texts are read more easily as such; what is copied is the payload itself.
    text = text.replace(QLatin1String("\\n"), QLatin1String("\n        ")).replace(QLatin1String("\\\""), QLatin1String("\"")).trimmed();
    return cut(text);
}

JobDetail::JobDetail(QWidget *parent)
    : QWidget(parent)
    , m_text(new QTextBrowser(this))
    , m_copy(new QToolButton(this))
{
    m_text->setObjectName(QStringLiteral("jobDetailText"));
    m_text->setAccessibleName(tr("The job in detail"));
    m_text->setOpenLinks(false);
    m_text->document()->setDocumentMargin(theme::inside);
    m_copy->setObjectName(QStringLiteral("copyPayloadButton"));
    m_copy->setText(tr("Copy payload"));
    m_copy->setAccessibleName(m_copy->text());
    m_copy->setIcon(theme::icon(QStringLiteral("edit-copy"), palette()));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setFocusPolicy(Qt::StrongFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_text, 1);
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_job.payload)); });
    connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl &url) { Q_EMIT openRequested(url.toLocalFile()); });
    setNothing(tr("Select a job, or a worker that works on one."));
}

JobDetail::~JobDetail()
{
    *m_moot = true;
}

QWidget *JobDetail::copyButton() const
{
    return m_copy;
}

void JobDetail::setNothing(const QString &why)
{
    m_job = Job();
    forgetPayload();
    m_text->setHtml({});
    m_text->setPlaceholderText(why);
    m_copy->setEnabled(false);
    m_copy->setToolTip(why);
}

void JobDetail::setError(const Error &error)
{
    setNothing(error.message);
}

void JobDetail::setJob(const Job &job, const QString &worker)
{
    if (job == m_job && worker == m_worker) {
        return;
    }
    const bool another = job.id != m_job.id;
    const bool otherPayload = job.payload != m_job.payload;
    m_job = job;
    m_worker = worker;
    if (otherPayload) {
        takePayload();
    }
    m_copy->setEnabled(!job.payload.isEmpty());
    m_copy->setToolTip(job.payload.isEmpty() ? tr("It has no payload.") : tr("The payload as it is stored"));
    present(another ? 0 : m_text->verticalScrollBar()->value());
}

void JobDetail::present(int place)
{
    m_text->setHtml(html(m_worker));
    m_text->verticalScrollBar()->setValue(place);
}

void JobDetail::forgetPayload()
{
    m_payload.clear();
    *m_moot = true;
    m_moot = std::make_shared<std::atomic<bool>>(false);
}

/// Large ones are parsed on a thread of the pool: the window neither waits for that nor for one that is not wanted any more.
void JobDetail::takePayload()
{
    forgetPayload();
    if (m_job.payload.size() <= readAtOnce) {
        m_payload = readPayload(m_job.payload);
        return;
    }
    m_payload = tr("Reading %1…").arg(format::bytes(m_job.payload.size()));
    const auto read = [payload = m_job.payload, moot = m_moot] { return *moot ? QString() : readPayload(payload); };
    whenFinished(QtConcurrent::run(read), this, [this, moot = m_moot](const QString &text) {
        if (!*moot) {
            m_payload = text;
            present(m_text->verticalScrollBar()->value());
        }
    });
}

QString JobDetail::html(const QString &worker) const
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString quiet = theme::secondaryText(palette()).name();
    const QString bad = theme::readable(theme::color(theme::Hue::Bad), palette().color(QPalette::Base)).name();
    QString rows;
    const auto row = [&](const QString &what, const QString &value, bool isHtml = false) {
        if (!value.isEmpty()) {
            rows += QStringLiteral("<tr><td style=\"color:%1; padding-right:16px; white-space:nowrap\">%2</td><td>%3</td></tr>")
                        .arg(quiet, what.toHtmlEscaped(), isHtml ? value : value.toHtmlEscaped());
        }
    };
    const auto path = [](const QString &file) {
        return file.isEmpty() ? QString() : QStringLiteral("<a href=\"%1\">%2</a>").arg(QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded), file.toHtmlEscaped());
    };
    const auto took = runningTime(m_job, now);
    const auto waited = waitingTime(m_job, now);
    row(tr("State"), theme::look(m_job.status).word);
    row(tr("Type"), m_job.type);
    row(tr("Input"), path(m_job.inputFile), true);
    row(tr("Output"), path(m_job.outputFile), true);
    row(tr("Priority"), QString::number(m_job.priority));
    row(tr("Tries"), tr("%1 of at most %2").arg(m_job.attempts).arg(m_job.maxAttempts));
    row(tr("Worker"), m_job.status == JobStatus::Pending ? QString() : worker);
    row(tr("Added"), format::exactTime(m_job.createdAt));
    row(tr("Waited"), waited ? format::precise(milliseconds(*waited)) : QString());
    row(tr("Started"), format::exactTime(m_job.startedAt));
    row(tr("Ended"), format::exactTime(m_job.completedAt));
    row(tr("Took"), took ? format::precise(milliseconds(*took)) : QString());
    row(tr("Cancelled"), m_job.cancelledAt.isValid() ? tr("%1 by %2").arg(format::exactTime(m_job.cancelledAt), m_job.cancelledBy) : QString());
    row(tr("Content hash"), m_job.contentHash);
    row(tr("Correlation"), m_job.correlationId);
    QString text;
    if (!m_job.error.isEmpty()) {
        const JobError error = readError(m_job.error);
        const QString head = QStringList{error.kind, error.category}.join(QStringLiteral(" · "));
        text += QStringLiteral("<p style=\"color:%1\"><b>%2</b></p>").arg(bad, error.message.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        if (!error.kind.isEmpty() || !error.category.isEmpty()) {
            text += QStringLiteral("<p style=\"color:%1\">%2</p>").arg(quiet, head.toHtmlEscaped());
        }
        if (!error.guidance.isEmpty()) {
            text += QStringLiteral("<p>%1</p>").arg(error.guidance.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        }
        if (!error.rest.isEmpty()) {
            text += QStringLiteral("<p style=\"color:%1\">%2</p>").arg(quiet, error.rest.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        }
    }
    text += QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">%1</table>").arg(rows);
    const QString block = QStringLiteral("<p style=\"color:%1\">%2</p><pre style=\"font-family:'%3'\">%4</pre>");
    const QString family = theme::fixedFont().family();
    if (!m_job.traceback.isEmpty()) {
        text += block.arg(quiet, tr("Traceback"), family, m_job.traceback.toHtmlEscaped());
    }
    if (!m_job.payload.isEmpty()) {
        text += block.arg(quiet, tr("Payload"), family, m_payload.toHtmlEscaped());
    }
    return text;
}

} // namespace lifeguard
